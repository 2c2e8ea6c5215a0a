"""All of a plan is applied although its worker and its connections die.

`./partflow bench reorg_chaos` kills more, PostgreSQL too, among 5,000 moves.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from benchmarks.inventory_rows import fill_boxes
from benchmarks.stock_invariants import broken
from models.session import session_scope
from pipelines.reorg import start_apply, start_plan
from schemas.queue import Queue
from schemas.reorg import NewReorgPlan, ReorgApplyInput
from tests.support.carrying import carry_out
from tests.support.elsewhere import Elsewhere
from tests.support.processes import children_of
from tests.support.workers import eventually, worker

QUICK = {"ENGINE_LEASE_SECONDS": 1, "ENGINE_STALL_SECONDS": 1, "ENGINE_MAX_ATTEMPTS": 20, "BROKER_DELIVERY_LIMIT": 30}
DOOMED = "doomed"
CHUNK = 16
"The most moves before one that is waited for that are not committed yet, cycles included."
SEND = "import pipelines; from engine.dispatch import send; send([UUID('{}')])"
RECONCILE = "import pipelines; from engine.reconcile import reconcile; reconcile()"


@contextmanager
def asked(database: str) -> Iterator[Connection]:
    """Ask past all pools, whose connections die."""
    engine = create_engine(database, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def counted(database: str, query: str) -> int:
    with asked(database) as connection:
        return int(connection.scalar(text(query)) or 0)


@contextmanager
def part_held(database: str, *, move: int) -> Iterator[None]:
    """Hold the part of a move, so that the worker waits there."""
    with asked(database) as connection:
        query = "SELECT id4 FROM parts JOIN reorg_moves ON part_id4 = id4 WHERE number = :move FOR UPDATE OF parts"
        connection.execute(text(query), {"move": move})
        yield


def cut_connections(database: str) -> bool:
    """Cut the worker's, as a PostgreSQL that dies would; tell whether there were any."""
    with asked(database) as connection:
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
        return bool(connection.scalars(text(query), {"name": DOOMED}).all())


def test_every_move_is_booked_once_whatever_dies(database: str, configure: Callable[..., None], tmp_path: Path) -> None:
    configure(**QUICK)
    with session_scope() as session:
        fill_boxes(session, parts=130, boxes=5, capacity=30, types=4)
        plan, planning = start_plan(session, NewReorgPlan(objective="kin"))
        plan_id, planning_id = plan.id, planning.id
    carry_out(planning_id)
    moves = counted(database, "SELECT count(*) FROM reorg_moves")
    pieces = counted(database, "SELECT sum(qty) FROM part_locations")
    first, second = moves // 3, moves * 3 // 4
    assert first > CHUNK
    log = tmp_path / "worker.log"

    environment = {name: value for name, value in os.environ.items() if name.startswith("PARTFLOW_")}
    with (
        Elsewhere() as elsewhere,
        worker(log, {"PGAPPNAME": DOOMED}, Queue.INGEST, Queue.INVENTORY, app="tasks") as process,
    ):
        with session_scope() as session:
            run_id = start_apply(session, ReorgApplyInput(plan_id=plan_id), command_id=uuid4()).id

        def has(least: int) -> bool:
            elsewhere.run(environment, RECONCILE)
            return counted(database, "SELECT count(*) FROM reorg_moves WHERE state = 'applied'") >= least

        with part_held(database, move=second):
            with part_held(database, move=first):
                elsewhere.run(environment, SEND.format(run_id))
                eventually(lambda: has(first - CHUNK), log)
                for child in children_of(process.pid):
                    os.kill(child, signal.SIGKILL)
            eventually(lambda: has(second - CHUNK), log)
            eventually(lambda: cut_connections(database), log)
        eventually(lambda: has(moves), log)

    with asked(database) as connection:
        assert broken(connection) == dict.fromkeys(broken(connection), 0)
    assert counted(database, "SELECT count(*) FROM stock_commands WHERE kind IN ('move', 'turn')") == moves
    assert counted(database, "SELECT sum(qty) FROM part_locations") == pieces
    assert counted(database, "SELECT max(attempt) FROM pipeline_steps WHERE name = 'reorg.apply'") > 1
