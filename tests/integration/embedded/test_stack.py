"""The embedded stack with a real PostgreSQL and supervisor, and stand-ins for our own programs."""

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest

from embedded import (
    EmbeddedError,
    Phase,
    Program,
    Stack,
    health,
    private_postgres,
    python,
    reserve_port,
    run_stack,
    running,
)
from embedded.guard import alive
from embedded.layout import CHECKOUT, Layout, make_layout, remove_layout

API = """
import http.server, os
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
address = os.environ["PARTFLOW_API_HOST"], int(os.environ["PARTFLOW_API_PORT"])
http.server.ThreadingHTTPServer(address, Ready).serve_forever()
"""
OTHER_PROCESS = """
import sys
from pathlib import Path
from tests.integration.embedded.test_stack import start
with start(Path(sys.argv[1])) as stack:
    print("up", flush=True)
    stack.wait()
"""
PATIENCE_SECONDS = 120.0
WORKER = Program(name="worker", command=("sleep", "1000"), stage=Phase.WORK)


def start(data: Path, *extra: Program, migrate: Callable[[str], object] = str) -> AbstractContextManager[Stack]:
    """Start a stack whose API only answers and whose worker only sleeps."""

    def programs(layout: Layout, flower_port: int) -> Sequence[Program]:
        del layout, flower_port
        return [WORKER, Program(name="api", command=python("-c", f"exec({API!r})")), *extra]

    return run_stack(data, migrate=migrate, programs=programs)


@contextmanager
def _start_elsewhere(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    words = (sys.executable, "-c", OTHER_PROCESS, str(data))
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        yield process
        process.kill()


def _pids(data: Path) -> list[int]:
    return [process.pid for process in health(data) if process.pid]


def _eventually(condition: Callable[[], bool]) -> bool:
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > PATIENCE_SECONDS:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "my data #1\N{NO-BREAK SPACE};50%"
    yield folder
    remove_layout(make_layout(folder))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack") / "data"
    try:
        with start(folder) as running_stack:
            yield running_stack
    finally:
        remove_layout(make_layout(folder))


def _connect(stack: Stack) -> psycopg.Connection:
    return psycopg.connect(stack.address.database_url.replace("+psycopg", ""), autocommit=True)


def test_everything_runs_when_the_block_begins(stack: Stack) -> None:
    assert {process.name: process.state for process in stack.health()} == dict.fromkeys(
        ("postgres", "worker", "api"), "RUNNING"
    )


def test_database_is_reached_by_socket_only(stack: Stack) -> None:
    with _connect(stack) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_running_stack_is_found_by_its_folder(stack: Stack) -> None:
    assert running(stack.layout.data) == stack.address


def test_second_start_in_the_folder_is_refused(stack: Stack) -> None:
    with pytest.raises(EmbeddedError, match=f"running already.*{stack.address.api}"), start(stack.layout.data):
        pass


@pytest.mark.parametrize("name", ["worker", "postgres"])
def test_killed_program_is_started_again(stack: Stack, name: str) -> None:
    def pid() -> int | None:
        return next(process.pid for process in stack.health() if process.name == name)

    before = pid()
    assert before
    os.kill(before, signal.SIGKILL)
    assert _eventually(lambda: pid() not in (None, before))


def test_restart_gives_a_program_a_new_process(stack: Stack) -> None:
    before = next(process.pid for process in stack.health() if process.name == "api")
    stack.restart("api")
    assert next(process.pid for process in stack.health() if process.name == "api") != before


def test_killed_command_leaves_nothing_and_nothing_is_lost(data: Path) -> None:
    with _start_elsewhere(data) as command:
        pids = _pids(data)
        address = running(data)
        assert address
        with psycopg.connect(address.database_url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE kept ()")
        command.kill()
    with start(data) as stack, _connect(stack) as connection:
        assert not any(alive(pid) for pid in pids)
        assert connection.execute("SELECT FROM kept").fetchall() == []


def test_terminated_command_leaves_nothing(data: Path) -> None:
    with _start_elsewhere(data) as command:
        pids = _pids(data)
        command.terminate()
        assert command.wait(PATIENCE_SECONDS) == 128 + signal.SIGTERM
    assert not any(alive(pid) for pid in pids)


def test_killed_supervisor_takes_all_with_it(data: Path) -> None:
    with start(data) as stack:
        pids = _pids(data)
        os.kill(int((data / "supervisor.pid").read_text()), signal.SIGKILL)
        with pytest.raises(EmbeddedError, match="supervisor"):
            stack.wait(PATIENCE_SECONDS)
        assert _eventually(lambda: not any(alive(pid) for pid in pids))


def test_program_that_fails_is_explained(data: Path) -> None:
    broken = Program(name="broken", command=("sh", "-c", "echo the reason; exit 3"))
    with pytest.raises(EmbeddedError, match=r"(?s)broken does not start.*the reason"), start(data, broken):
        pass
    assert running(data) is None


def test_failed_migration_stops_everything(data: Path) -> None:
    def fail(database_url: str) -> None:
        pids.extend(_pids(data))
        raise RuntimeError(database_url)

    pids: list[int] = []
    with pytest.raises(RuntimeError), start(data, migrate=fail):
        pass
    assert pids
    assert not any(alive(pid) for pid in pids)


def test_database_of_an_older_version_changes_its_account(data: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: else the database runs as the user, as it did")
    with start(data) as stack, _connect(stack) as connection:
        connection.execute("CREATE TABLE kept ()")
        database = stack.layout.database
    nobody = pwd.getpwnam("nobody")
    for path in (database, *database.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)

    with start(data) as stack, _connect(stack) as connection:
        assert connection.execute("SELECT FROM kept").fetchall() == []
    assert {path.stat().st_uid for path in (database, *database.rglob("*"))}.isdisjoint({0, nobody.pw_uid})


def test_private_database_takes_more_databases() -> None:
    with private_postgres() as url, psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE another")
        names = connection.execute("SELECT extname FROM pg_extension").fetchall()
    assert {("pg_trgm",), ("unaccent",), ("btree_gin",)} <= set(names)


def test_two_stacks_have_ports_of_their_own(data: Path, stack: Stack) -> None:
    with start(data) as other:
        urls = {stack.address.api, stack.address.flower, other.address.api, other.address.flower}
    assert len(urls) == 4


def test_port_of_a_running_stack_is_reserved(stack: Stack) -> None:
    with pytest.raises(EmbeddedError, match="taken"):
        reserve_port(int(stack.address.flower.rpartition(":")[2]), first=8080)
