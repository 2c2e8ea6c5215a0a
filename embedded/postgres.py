"""A private PostgreSQL: finding its programs, making a cluster, and getting it ready; it listens on a socket only."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import psycopg

from embedded.account import caller
from embedded.binaries import find_binaries
from embedded.commands import run_command
from embedded.errors import EmbeddedError, with_log
from embedded.guard import alive
from embedded.layout import Layout, give, make_layout, remove_layout

USER = DATABASE = "partflow"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "fuzzystrmatch")
LOCALE = ("env", "-i", "LC_ALL=C.UTF-8")
START_SECONDS = 120.0
DURABLE = ("fsync=on", "shared_buffers=128MB", "max_connections=100")
THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100")


def database_url(layout: Layout) -> str:
    """Give the SQLAlchemy URL of the application's database."""
    return f"postgresql+psycopg://{USER}@/{DATABASE}?host={quote(str(layout.database_socket), safe='/')}"


def server_command(layout: Layout, tuning: Sequence[str] = DURABLE) -> tuple[str, ...]:
    """Make the cluster if there is none, and give the command that serves it until its parent dies.

    Raises:
        EmbeddedError: no suitable PostgreSQL is installed, or it cannot make a cluster.
    """
    binaries = find_binaries(layout)
    if layout.database.exists():
        _take_over(layout)
    else:
        _make_cluster(layout, binaries, sync=tuning is DURABLE)
    own = (*_doors(layout), "listen_addresses=", "port=5432", f"unix_socket_directories={layout.database_socket}")
    options = (word for setting in (*tuning, *own) for word in ("-c", setting))
    return (*_launch(layout, "INT"), str(binaries / "postgres"), "-D", str(layout.database), *options)


def wait_until_ready(layout: Layout, check: Callable[[], None]) -> None:
    """Wait until the server answers, then make the extensions and the database; `check` raises if it has failed.

    Raises:
        EmbeddedError: it does not answer in time, or lacks an extension.
    """
    began = time.monotonic()
    while True:
        check()
        try:
            return _prepare(layout)
        except psycopg.OperationalError as error:
            if time.monotonic() - began > START_SECONDS:
                raise EmbeddedError(f"PostgreSQL does not answer after {START_SECONDS:.0f} s: {error}") from error
            time.sleep(0.05)
        except psycopg.Error as error:
            raise EmbeddedError(
                f"This PostgreSQL cannot be used: {error} Install postgresql-contrib, or name another "
                "folder of programs with PARTFLOW_PG_BIN."
            ) from error


def clear_crashed_server(layout: Layout) -> None:
    """Wait for what a crashed start left of the server, then remove its lock files.

    PostgreSQL trusts a lock file whose process id exists, even as a zombie or as a process of another user.

    Raises:
        EmbeddedError: an old server does not end.
    """
    began = time.monotonic()
    while survivors := _processes_in(layout.database):
        if time.monotonic() - began > START_SECONDS:
            raise EmbeddedError(f"An old PostgreSQL does not end; end processes {survivors} and start again.")
        time.sleep(0.05)
    (layout.database / "postmaster.pid").unlink(missing_ok=True)
    for leftover in layout.database_socket.glob(".s.PGSQL.*"):
        leftover.unlink()


@contextmanager
def private_postgres() -> Iterator[str]:
    """Serve a throwaway PostgreSQL for tests; yields the SQLAlchemy URL of its database.

    Its user may create more databases, each with the extensions. Nothing is durable, and everything is deleted.
    """
    with TemporaryDirectory(prefix="partflow-") as folder:
        layout = make_layout(Path(folder))
        log = layout.log / "postgres.log"
        try:
            with log.open("wb") as output:
                command = server_command(layout, THROWAWAY)
                server = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
            try:
                wait_until_ready(layout, lambda: _check(server, log))
                yield database_url(layout)
            finally:
                server.send_signal(signal.SIGINT)
                server.wait()
        finally:
            remove_layout(layout)


def _check(server: subprocess.Popen[bytes], log: Path) -> None:
    if server.poll() is not None:
        raise with_log("PostgreSQL has ended.", log)


def _make_cluster(layout: Layout, binaries: Path, *, sync: bool) -> None:
    half = layout.database.with_suffix(".new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    give(half, layout.account)
    options = ("-U", USER, "-A", "peer", "-E", "UTF8", "--locale=C.UTF-8", *(() if sync else ("--no-sync",)))
    result = run_command(*_launch(layout, "KILL"), binaries / "initdb", "-D", half, *options)
    if result.returncode != 0:
        raise EmbeddedError(f"PostgreSQL cannot make its data folder {half}:\n{result.stdout}{result.stderr}")
    half.rename(layout.database)


def _doors(layout: Layout) -> Iterator[str]:
    """Write who may connect, which is the account that runs the stack, and give the settings that name the files.

    They lie beside the cluster and are not PostgreSQL's own, so that an older cluster's open ones count no more.
    """
    name = caller().replace('"', '""')
    rules = {"hba_file": "local all all peer map=stack\n", "ident_file": f'stack "{name}" {USER}\n'}
    for setting, rule in rules.items():
        file = layout.home / f"pg_{setting.removesuffix('_file')}.conf"
        file.write_text(rule, "utf-8")
        file.chmod(0o644)
        yield f"{setting}={file}"


def _take_over(layout: Layout) -> None:
    """Give a cluster of an older version, which ran as nobody, to the account of this one."""
    if layout.account and layout.database.stat().st_uid != layout.account.uid:
        owner = f"{layout.account.uid}:{layout.account.gid}"
        moved = run_command("chown", "-R", "-h", "-P", owner, layout.database)
        if moved.returncode != 0:
            raise EmbeddedError(f"{layout.database} cannot be given to PostgreSQL's account: {moved.stderr.strip()}")


def _launch(layout: Layout, death_signal: str) -> tuple[str, ...]:
    """Start a command's words: as the database's account, with an empty environment, not outliving its parent."""
    account = layout.account.options if layout.account else ()
    return ("setpriv", "--pdeathsig", death_signal, *account, *LOCALE)


def _prepare(layout: Layout) -> None:
    with _connect(layout, "template1") as connection:
        for extension in EXTENSIONS:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}".encode())
    with _connect(layout, "postgres") as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchall():
            connection.execute(f"CREATE DATABASE {DATABASE}".encode())


def _connect(layout: Layout, database: str) -> psycopg.Connection:
    return psycopg.connect(host=str(layout.database_socket), port=5432, user=USER, dbname=database, autocommit=True)


def _processes_in(folder: Path) -> list[int]:
    """Find the live processes that work in `folder`, as every process of a PostgreSQL server does."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder and alive(int(process.name)):
                found.append(int(process.name))
        except OSError:
            continue
    return found
