"""Whether asking and starting stay as fast as they are when a million runs lie in the tables."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from benchmarks.many_runs import STEPS_A_RUN, fill
from cli.migrate import CHECKOUT, migrate
from embedded import EmbeddedError, private_postgres, reserve_port
from engine.ledger.dispatch import DispatchService
from engine.ledger.run import RunService
from engine.ledger.stalled import ReconcileService
from pipelines.part_intake import start_part_intake
from schemas.intake import PartIntakeRequest
from schemas.ledger import RunState
from settings import get_settings

_FEW, _MANY, _QUICK_MANY = 1_000, 1_000_000, 50_000
_ROUNDS = 150
_POLLS = 1_000
_LIMIT_RATIO = 1.3
_LIMIT_POLL_MS = 10.0

Act = Callable[[Session, UUID], object]


def _sweep(session: Session, _run_id: UUID) -> None:
    settings = get_settings().engine
    ReconcileService.end_overdue(session)
    ReconcileService.list_due_to_heal(session, limit=settings.reconcile_batch)
    ReconcileService.list_stalled(session, stall=settings.stall_seconds, limit=settings.reconcile_batch)
    DispatchService.list_next_of_batches(session, window=settings.bulk_window)


def _start(session: Session, _run_id: UUID) -> None:
    start_part_intake(session, PartIntakeRequest(manufacturer_code="NE555P"))


ACTS: Mapping[str, Act] = {
    "status of a run": RunService.get,
    "unchanged status": RunService.find_version,
    "latest runs": lambda session, _: RunService.list(session, limit=21),
    "latest failed runs": lambda session, _: RunService.list(session, state=RunState.FAILED, limit=21),
    "latest runs of a pipeline": lambda session, _: RunService.list(session, pipeline="photo_intake", limit=21),
    "runs after another": lambda session, run_id: RunService.list(session, after=run_id, limit=21),
    "reconcile sweep": _sweep,
    "start of a run": _start,
}


def run(*, quick: bool) -> dict[str, Any]:
    """Fill one database with few runs and one with many, and do the same in both by turns."""
    many = _QUICK_MANY if quick else _MANY
    with private_postgres() as server, _filled(server, "few", _FEW) as few, _filled(server, "many", many) as large:
        times = _by_turns({"few": few, "many": large})
        polls = _poll(large)
    ratios = {name: round(times["many"][name] / times["few"][name], 2) for name in ACTS}
    poll = round(statistics.quantiles(polls, n=20)[-1], 2)
    figures = {
        "runs": many,
        "steps": many * STEPS_A_RUN,
        **{
            f"{name}, ms": f"{1000 * times['few'][name]:.2f} with {_FEW}, {1000 * times['many'][name]:.2f} with {many}"
            for name in ACTS
        },
        "unchanged poll over HTTP, median ms": round(statistics.median(polls), 2),
    }
    checks = [
        {"name": f"growth of {name}", "value": ratio, "limit": _LIMIT_RATIO, "ok": ratio <= _LIMIT_RATIO}
        for name, ratio in ratios.items()
    ]
    checks.append(
        {"name": "p95 of an unchanged poll, ms", "value": poll, "limit": _LIMIT_POLL_MS, "ok": poll <= _LIMIT_POLL_MS}
    )
    return {"figures": figures, "checks": checks}


@contextmanager
def _filled(server: str, name: str, runs: int) -> Iterator[Engine]:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template1"))
    admin.dispose()
    url = server.replace("/partflow?", f"/{name}?")
    migrate(url)
    fill(url, runs)
    engine = create_engine(url)
    yield engine
    engine.dispose()


def _by_turns(engines: Mapping[str, Engine]) -> dict[str, dict[str, float]]:
    """Return the median seconds of each act with each engine; what is started is rolled back."""
    taken: dict[str, dict[str, list[float]]] = {name: {act: [] for act in ACTS} for name in engines}
    for number in range(_ROUNDS + 5):
        for name, engine in engines.items():
            with Session(engine) as session:
                run_id = _some_run(session, number)
                session.rollback()
                for act, do in ACTS.items():
                    began = time.perf_counter()
                    do(session, run_id)
                    ended = time.perf_counter()
                    session.rollback()
                    if number >= 5:
                        taken[name][act].append(ended - began)
    return {name: {act: statistics.median(times) for act, times in acts.items()} for name, acts in taken.items()}


def _some_run(session: Session, number: int) -> UUID:
    """Return a run far from the newest, another each time."""
    after = text("SELECT id FROM pipeline_runs WHERE id > CAST(:from AS uuid) ORDER BY id LIMIT 1")
    low = UUID(int=(number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**127)
    found: UUID = session.execute(after, {"from": str(low)}).scalar_one()
    return found


def _poll(engine: Engine) -> list[float]:
    """Poll runs over HTTP that have not changed, and return milliseconds."""
    with Session(engine) as session:
        runs = [_some_run(session, number) for number in range(50)]
    with _served(engine) as address, httpx2.Client(base_url=address) as client:
        etags = {run_id: client.get(f"/pipelines/runs/{run_id}").headers["ETag"] for run_id in runs}
        polls = []
        for number in range(_POLLS):
            run_id = runs[number % len(runs)]
            began = time.perf_counter()
            answer = client.get(f"/pipelines/runs/{run_id}", headers={"If-None-Match": etags[run_id]})
            polls.append(1000 * (time.perf_counter() - began))
            assert answer.status_code == HTTPStatus.NOT_MODIFIED
    return polls


@contextmanager
def _served(engine: Engine) -> Iterator[str]:
    """Serve the API on a database, as a process of its own, and yield its address."""
    with closing(reserve_port(None, first=18_000)) as port:
        environment = {
            **os.environ,
            "PARTFLOW_DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "PARTFLOW_API_PORT": str(port.number),
        }
        port.close()
        process = subprocess.Popen((sys.executable, "-m", "api"), cwd=CHECKOUT, env=environment)
        try:
            address = f"http://127.0.0.1:{port.number}"
            _wait_until_live(address)
            yield address
        finally:
            process.terminate()
            process.wait()


def _wait_until_live(address: str) -> None:
    for _ in range(300):
        with suppress(httpx2.TransportError):
            httpx2.get(f"{address}/health")
            return
        time.sleep(0.1)
    raise EmbeddedError(f"The API does not answer at {address}.")
