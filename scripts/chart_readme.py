"""Print the README of the chart, made from the comments of its values: `python scripts/chart_readme.py`.

A description is the comment that begins with `# --` above a value, up to the value.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parents[1] / "charts" / "partflow"
_COMMENT = re.compile(r"^ *# (?:-- )?")

HEAD = """\
# The chart partflow

Made by `scripts/chart_readme.py` from `values.yaml`; a test keeps it current.
[docs/deploy.md](../../docs/deploy.md) says how to install it. PostgreSQL, RabbitMQ and the object store are not part of
it: it takes them by address or by Secret.

| value | by default | what it is |
|---|---|---|
"""


def page() -> str:
    """Return the page, in Markdown."""
    text = (CHART / "values.yaml").read_text("utf-8")
    values = yaml.safe_load(text)
    rows = (f"| `{path}` | {_shown(_at(values, path))} | {said} |\n" for path, said in described(text))
    return HEAD + "".join(rows)


def described(text: str) -> Iterator[tuple[str, str]]:
    """Yield the path of each value that has a description, such as `image.tag`, and the description."""
    above: list[str] = []
    parent = ""
    for line in text.splitlines():
        if line.lstrip().startswith("# --") or (above and line.lstrip().startswith("# ")):
            above.append(_COMMENT.sub("", line))
        elif found := re.match(r"( {2})?([\w-]+):", line):
            nested, name = found.groups()
            parent = parent if nested else name
            if above:
                yield f"{parent}.{name}" if nested else name, " ".join(above)
            above = []


def _at(values: Any, path: str) -> Any:
    for name in path.split("."):
        values = values[name]
    return values


def _shown(value: Any) -> str:
    if isinstance(value, dict) and any(isinstance(each, dict) and len(each) > 4 for each in value.values()):
        return ", ".join(f"`{name}`" for name in value)
    return f"`{json.dumps(value)}`"


if __name__ == "__main__":
    print(page(), end="")
