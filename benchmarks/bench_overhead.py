"""What the ledger costs: a run of empty steps beside a plain Celery chain of as many empty tasks, on RabbitMQ.

The plain chain keeps its results, as Celery does unless told otherwise, in the same backend; beside it stands one that
keeps nothing at all, whose tasks nobody could look at afterwards.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import event

from benchmarks.workers import servers, worker
from engine.ledger.dispatch import DispatchService
from engine.ledger.run import RunService
from models.session import get_engine, session_scope
from schemas.intake import PartIntakeInput
from schemas.ledger import RunState

_ROUNDS = 60
_RUNS = 120
_QUICK = 0.25
_LIMITS = {"ratio": 1.3, "statements of a step": 4}

WaitFor = Callable[[set[str]], None]


def run(*, quick: bool) -> dict[str, Any]:
    """Time both by turns on one worker process, then many runs on one, two and four, and count statements."""
    share = _QUICK if quick else 1.0
    with servers() as database:
        with worker("benchmarks.empty_steps", processes=1, queues="inventory"), _listening(database) as wait_for:
            times = _by_turns(wait_for, rounds=int(_ROUNDS * share))
        rates = {}
        for processes in (1, 2, 4):
            with (
                worker("benchmarks.empty_steps", processes=processes, queues="inventory"),
                _listening(database) as wait_for,
            ):
                rates[processes] = _runs_per_second(wait_for, runs=int(_RUNS * share))
        statements = _statements_of_steps()
    median = {kind: statistics.median(taken) for kind, taken in times.items()}
    measured = {
        "ratio": round(median["ledger"] / median["kept"], 3),
        "statements of a step": max(map(len, statements.values())),
    }
    figures = {
        "run of 12 empty steps, ms": round(1000 * median["ledger"], 1),
        "plain chain of 12 empty tasks, with their results, ms": round(1000 * median["kept"], 1),
        "plain chain of 12 empty tasks, without results, ms": round(1000 * median["plain"], 1),
        "ratio to the chain without results": round(median["ledger"] / median["plain"], 3),
        **{f"runs a second, {count} processes": round(rate, 1) for count, rate in rates.items()},
        **measured,
        "statements": statements,
    }
    checks = [
        {"name": name, "value": value, "limit": _LIMITS[name], "ok": value <= _LIMITS[name]}
        for name, value in measured.items()
    ]
    return {"figures": figures, "checks": checks}


def _by_turns(wait_for: WaitFor, *, rounds: int) -> dict[str, list[float]]:
    """Time each kind in every round, so that what else the machine does falls on all alike; the first warms up."""
    from benchmarks.empty_steps import plain_chain

    kinds: dict[str, Callable[[str], object]] = {
        "ledger": _start,
        "plain": lambda name: plain_chain(name, keep=False).apply_async(),
        "kept": lambda name: plain_chain(name, keep=True).apply_async(),
    }
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(rounds + 1):
        for kind, start in kinds.items():
            began = time.perf_counter()
            start(f"{kind}{number}")
            wait_for({f"{kind}{number}"})
            if number:
                times[kind].append(time.perf_counter() - began)
    return times


def _start(name: str) -> UUID:
    """Insert a run of empty steps, and send it as the product does."""
    from benchmarks.empty_steps import ledger_chain, steps

    with session_scope() as session:
        run = RunService.create(
            session,
            "part_intake",
            PartIntakeInput(manufacturer_code="NE555P"),
            subject=None,
            steps=steps(),
            deadline=600,
        )
    with session_scope() as session:
        sent = DispatchService.raise_epoch(session, run.id)
    assert sent
    ledger_chain(name, str(run.id), sent.epoch).apply_async()
    return run.id


def _runs_per_second(wait_for: WaitFor, *, runs: int) -> float:
    names = {str(number) for number in range(runs)}
    began = time.perf_counter()
    for name in names:
        _start(name)
    wait_for(names)
    return runs / (time.perf_counter() - began)


@contextmanager
def _listening(database: str) -> Iterator[WaitFor]:
    """Yield a function that waits until chains have told that they have come to their end."""
    from benchmarks.empty_steps import DONE

    with psycopg.connect(database.replace("postgresql+psycopg", "postgresql", 1), autocommit=True) as connection:
        connection.execute(f"LISTEN {DONE}".encode())

        def wait_for(names: set[str]) -> None:
            left = set(names)
            while left:
                heard = {notice.payload for notice in connection.notifies(timeout=60, stop_after=1)}
                if not heard:
                    raise TimeoutError(f"{len(left)} chains have not ended")
                left -= heard

        yield wait_for


def _statements_of_steps() -> dict[str, list[str]]:
    """Carry out a run in this process; return what a step sent to the database, and what one that changes rows did."""
    from benchmarks.empty_steps import STEPS, empty, finish

    run_id = str(_start("counted"))
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(" ".join(statement.split()))

    # The first ones connect.
    for index in range(STEPS - 2):
        empty.run(run_id, index, 1)
    event.listen(get_engine(), "before_cursor_execute", note)
    empty.run(run_id, STEPS - 2, 1)
    of_empty, sent = sent, []
    finish.run(run_id, 0, 1)
    event.remove(get_engine(), "before_cursor_execute", note)
    with session_scope() as session:
        assert RunService.get(session, UUID(run_id)).state == RunState.SUCCEEDED
    return {"an empty step": of_empty, "one that changes rows": sent}
