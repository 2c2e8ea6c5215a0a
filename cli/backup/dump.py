"""The database of a backup, by PostgreSQL's own programs."""

import os
import subprocess
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, make_url, text

from cli.backup.repository import BackupError
from embedded.binaries import find_program

_FORMAT: Final = ("--format=custom", "--compress=6")
_AS_IT_IS: Final = ("--no-owner", "--no-privileges")


def dump(url: str, target: Path, *, snapshot: str, major: int) -> None:
    """Write what a transaction that exported its snapshot sees.

    Raises:
        BackupError: pg_dump is missing, or failed.
    """
    words = (*_FORMAT, *_AS_IT_IS, f"--snapshot={snapshot}", f"--file={target}")
    _run(find_program("pg_dump", major), url, *words)


def load(engine: Engine, url: str, source: Path, *, major: int) -> None:
    """Put the tables of a dump in the place of those that are there: all of them, or none.

    Raises:
        BackupError: pg_restore is missing, or failed.
    """
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    _run(find_program("pg_restore", major), url, "--exit-on-error", "--single-transaction", *_AS_IT_IS, str(source))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # A dump has no statistics, and the search goes by them.
        connection.execute(text("ANALYZE"))


def _run(program: Path | None, url: str, *words: str) -> None:
    if program is None:
        raise BackupError("PostgreSQL's programs are not found: install postgresql-client of the server's version")
    address = make_url(url).set(drivername="postgresql")
    # A password on the command line would be seen by every account of the machine.
    secret = {"PGPASSWORD": str(address.password)} if address.password else {}
    shown = address.set(password=None).render_as_string()
    command = (str(program), f"--dbname={shown}", *words)
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **secret})
    if ended.returncode:
        raise BackupError(f"{program.name} failed: {ended.stderr.strip()}")
