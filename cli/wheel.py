"""Building the wheel and using it without the checkout: `python -m cli.wheel`."""

import os
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
        installed = {**os.environ, "PYTHONPATH": str(target)}
        _run(sys.executable, "-P", "-c", _USE.format(target=str(target)), cwd=folder, env=installed)
        _run(sys.executable, "-P", str(target / "bin" / "partflow"), "--help", cwd=folder, env=installed)
    return 0


def _run(*words: str, cwd: str | None = None, env: dict[str, str] | None = None) -> None:
    subprocess.run(words, check=True, cwd=cwd, env=env, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"wheel: {error.cmd[1:4]} ended with {error.returncode}; see the lines above")
