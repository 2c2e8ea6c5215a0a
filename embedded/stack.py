"""The whole of Partflow on one machine, for as long as a `with` block lasts."""

import http.client
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import EmbeddedError
from embedded.guard import Address, hold, note_address
from embedded.layout import Layout, make_layout
from embedded.ports import reserve_port
from embedded.postgres import clear_crashed_server, database_url, server_command, wait_until_ready
from embedded.programs import Phase, Program, child_environment, default_programs
from embedded.signals import signals_as_exit, signals_ignored
from embedded.supervisor import ProcessHealth, Supervisor, process_health

DEFAULT_PORT = 8080
READY_PATH = "/health/ready"
START_SECONDS = 180.0
REACHED_AT = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  compared with, never bound

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Stack:
    """A running stack: where it is, and the environment that its programs have."""

    layout: Layout
    address: Address
    environment: Mapping[str, str]
    supervisor: Supervisor

    def health(self) -> list[ProcessHealth]:
        """How each program is."""
        return process_health(self.layout)

    def restart(self, name: str) -> None:
        """Stop one program and start it again."""
        self.supervisor.restart(name)

    def wait(self, seconds: float | None = None) -> None:
        """Wait for a time, or for ever.

        Raises:
            EmbeddedError: the supervisor has ended, and all programs with it.
        """
        if self.supervisor.wait(seconds):
            raise EmbeddedError("The supervisor was killed, so everything has stopped; start again.")


@contextmanager
def run_stack(
    data_dir: Path,
    *,
    migrate: Callable[[str], object],
    port: int | None = None,
    host: str = "127.0.0.1",
    extra: Sequence[Program] = (),
    environment: Mapping[str, str] | None = None,
    on_progress: Progress = lambda _message: None,
    programs: Callable[[Layout, int], Sequence[Program]] = default_programs,
) -> Iterator[Stack]:
    """Run everything in one data folder: database, workers, dashboard, clock and API, ready when the block begins.

    Call it in the main thread: the processes live no longer than the thread that starts them. Leaving the block stops
    them all, the database last. Inside it, SIGTERM and SIGHUP raise SystemExit, as Ctrl-C raises KeyboardInterrupt.

    Args:
        data_dir: the folder that everything is kept in.
        migrate: is called with the SQLAlchemy URL of the database as soon as it answers.
        port: the API's port; without one, the first free from 8080 on.
        host: the address that the API listens on.
        extra: more programs to run beside the API.
        environment: more environment for all programs, over the user's.
        on_progress: is told what is being done, in a few words.
        programs: lists the programs beside the database, from the layout and Flower's port.

    Raises:
        EmbeddedError: something does not start, and what did has been stopped.
    """
    layout = make_layout(data_dir)
    with (
        signals_as_exit(),
        hold(layout.data, on_progress) as lock,
        closing(reserve_port(port, first=DEFAULT_PORT, host=host)) as api,
        closing(reserve_port(None, first=api.number + 1)) as flower,
    ):
        address = Address(_url(host, api.number), _url("", flower.number), database_url(layout), os.getpid())
        note_address(layout.data, address)
        on_progress("starting PostgreSQL")
        _clear(layout)
        postgres = Program(name="postgres", command=server_command(layout), stage=Phase.DATABASE)
        supervisor = Supervisor(layout, [postgres, *programs(layout, flower.number), *extra])
        given = child_environment(layout, (host, api.number), environment or {})
        stack = Stack(layout, address, {**_links(address, given), **given}, supervisor)
        try:
            supervisor.start(stack.environment, lock)
            _bring_up(stack, migrate, on_progress)
            yield stack
        finally:
            on_progress("stopping")
            with signals_ignored():
                supervisor.stop()


def _clear(layout: Layout) -> None:
    """Remove what an earlier start left, and nobody needs any more."""
    clear_crashed_server(layout)
    _forget_old_workers(layout.broker)
    _empty(layout.temporary)
    layout.metrics.mkdir(mode=0o700)


def _bring_up(stack: Stack, migrate: Callable[[str], object], on_progress: Progress) -> None:
    supervisor = stack.supervisor
    wait_until_ready(stack.layout, supervisor.check)
    on_progress("preparing the database")
    migrate(stack.address.database_url)
    on_progress("starting the API, the workers and the dashboard")
    supervisor.start_stages(Phase.WORK, Phase.FRONT)
    began = time.monotonic()
    while not (_answers(stack.address.api) and all(process.state == "RUNNING" for process in stack.health())):
        supervisor.check()
        if time.monotonic() - began > START_SECONDS:
            states = ", ".join(f"{process.name} {process.state}" for process in stack.health())
            raise EmbeddedError(f"Not ready after {START_SECONDS:.0f} s ({states}); see {stack.layout.log}.")
        time.sleep(0.1)


def _links(address: Address, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that say where pages lead to, unless the user, who may have a proxy, has them."""
    flower = f"{address.flower}/{environment.get('FLOWER_URL_PREFIX', '').strip('/')}"
    return {"PARTFLOW_API_PUBLIC_URL": address.api, "PARTFLOW_API_FLOWER_URL": flower}


def _url(host: str, port: int) -> str:
    name = REACHED_AT.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _answers(api: str) -> bool:
    connection = http.client.HTTPConnection(api.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", READY_PATH)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _forget_old_workers(broker: Path) -> None:
    """Delete broadcasts for the workers of an earlier start, which no worker would ever read."""
    for pattern in ("*.celeryev.*", "*.celery.pidbox", "*.reply.celery.pidbox"):
        for message in broker.rglob(f"{pattern}.msg"):
            message.unlink()
    for pattern in ("celeryev*", "*pidbox"):
        for bindings in broker.rglob(f"{pattern}.exchange"):
            bindings.unlink()


def _empty(folder: Path) -> None:
    """Delete what programs that were killed left behind."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
