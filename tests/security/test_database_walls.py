"""Only the account that runs the stack reaches its PostgreSQL, which runs as an account that nothing else runs as."""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from embedded import private_postgres

OPEN_DOORS = 0o777
ATTEMPT = """if True:
    import os, sys, psycopg
    url, uid = sys.argv[1], int(sys.argv[2])
    psycopg.connect(url).close()  # With this, all that is needed is loaded.
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    with psycopg.connect(url) as connection:
        connection.execute("SELECT 1")
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with private_postgres() as url:
        yield url.replace("+psycopg", "")


@contextmanager
def opened(folder: Path) -> Iterator[None]:
    """Let every account into a folder, as a fault in its rights would."""
    before = folder.stat().st_mode & OPEN_DOORS
    folder.chmod(OPEN_DOORS)
    try:
        yield
    finally:
        folder.chmod(before)


def socket_folder(url: str) -> Path:
    return Path(unquote(url.partition("host=")[2]))


def test_runs_as_an_account_of_its_own(url: str) -> None:
    with psycopg.connect(url) as connection:
        (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        owner = Path(f"/proc/{pid}").stat().st_uid

    if os.geteuid() != 0:
        assert owner == os.geteuid()
    else:
        assert pwd.getpwuid(owner).pw_name in ("partflow-db", "postgres")


@pytest.mark.parametrize("account", ["nobody", "daemon", "partflow-db"])
def test_other_account_is_refused_even_where_it_reaches_the_socket(url: str, account: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to become another account")
    attempt = (sys.executable, "-c", ATTEMPT, url, str(pwd.getpwnam(account).pw_uid))

    with opened(socket_folder(url)):
        tried = subprocess.run(attempt, capture_output=True, text=True, check=False)

    assert tried.returncode != 0
    assert "Peer authentication failed" in tried.stderr


def test_socket_is_behind_a_closed_door(url: str) -> None:
    assert socket_folder(url).stat().st_mode & OPEN_DOORS == 0o700


def test_no_other_name_opens(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE other SUPERUSER LOGIN")

    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(url.replace("partflow@", "other@")).close()
