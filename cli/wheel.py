"""Building the wheel and using it without the checkout: `python -m cli.wheel`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from cli.migrate import CHECKOUT

_USE = """
import api.app, cli.app, demo.seed, embedded, pipelines, tasks
from alembic.script import ScriptDirectory
from cli.migrate import CHECKOUT, config
assert str(CHECKOUT) == {target!r}, CHECKOUT
assert ScriptDirectory.from_config(config("postgresql+psycopg://localhost/none")).get_heads()
"""


def main() -> int:
    """Return 0 when the wheel is built, imported with its migrations, and answers as a command."""
    with tempfile.TemporaryDirectory() as folder:
        wheels, target = Path(folder) / "wheels", Path(folder) / "target"
        pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
        _run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(CHECKOUT))
        _run(*pip, "install", "--no-deps", "--target", str(target), *map(str, wheels.glob("*.whl")))
        python = ("/usr/bin/env", f"PYTHONPATH={target}", sys.executable, "-P")
        _run(*python, "-c", _USE.format(target=str(target)), cwd=folder)
        _run(*python, str(target / "bin" / "partflow"), "--help", cwd=folder)
    return 0


def _run(*words: str, cwd: str | None = None) -> None:
    subprocess.run(words, check=True, cwd=cwd, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"wheel: {error.cmd[1:4]} ended with {error.returncode}; see the lines above")
