"""Print the licences of all dependencies, as they state them: `python scripts/licences.py > docs/licences.md`.

Run it in the environment of `./partflow test`, which has them all.
"""

import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"
KINDS = {"production": "to serve", "embedded": "for one machine", "dev": "to develop"}
LONGEST = 80

HEAD = """\
# Licences of the dependencies

Made by `scripts/licences.py` from what the installed packages say of themselves; a test keeps it current. Packages that
are installed only on other systems than Linux are left out.

The groups `benchmark`, `deploy` and `image` are in no environment that Partflow makes. The first has ortools and
absl-py (Apache-2.0), immutabledict (MIT) and pandas (BSD-3-Clause). The others only check or build what is deployed:
actionlint (MIT), hadolint (GPL-3.0), Helm (Apache-2.0), kubernetes-validate (Apache-2.0) and zizmor (MIT) are run as
commands, and Poetry (MIT) and cyclonedx-bom (Apache-2.0) stay in the builder of the image.

| package | licence | needed |
|---|---|---|
"""


def page() -> str:
    """Return the page, in Markdown."""
    needed: dict[str, str] = {}
    for kind, purpose in KINDS.items():
        pins = re.findall(
            r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", (REQUIREMENTS / f"{kind}.txt").read_text(), re.MULTILINE
        )
        needed = dict.fromkeys(pins, purpose) | needed
    rows = ((name, licence(name), purpose) for name, purpose in sorted(needed.items()))
    return HEAD + "".join(f"| {name} | {held} | {purpose} |\n" for name, held, purpose in rows if held)


def licence(package: str) -> str | None:
    """Return what an installed package says, in the newest of the three ways to say it that it uses."""
    try:
        said = metadata(package)
    except PackageNotFoundError:
        return None
    named = said.get("License-Expression") or said.get("License") or ""
    short = named if named and "\n" not in named and len(named) <= LONGEST else ""
    return (short or _classified(said) or "not stated").replace("|", "or")


def _classified(said: PackageMetadata) -> str:
    classifiers = said.get_all("Classifier") or []
    return ", ".join(each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::"))


if __name__ == "__main__":
    print(page(), end="")
