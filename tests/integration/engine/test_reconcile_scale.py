"""What looks for lost and old runs finds them by indexes, however many have ended."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from benchmarks.many_runs import fill
from engine.census import take_census
from engine.ledger.backlog import BacklogService
from engine.ledger.dispatch import DispatchService
from engine.ledger.ledger import Ledger
from engine.ledger.retention import RunRetentionService
from engine.ledger.stalled import ReconcileService
from models import Base
from tests.support.plans import CHANGES, explain, scans

RUNS = 20_000


@pytest.fixture(scope="module")
def many(engine: Engine, database_url: str) -> Iterator[Engine]:
    """Fill the database once for all tests of this module."""
    truncate = text(f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY CASCADE")
    with engine.begin() as connection:
        connection.execute(truncate)
    fill(database_url, RUNS)
    yield engine
    with engine.begin() as connection:
        connection.execute(truncate)


@pytest.mark.parametrize(
    "sweep",
    [
        ReconcileService.end_overdue,
        lambda session: ReconcileService.list_stalled(session, stall=45, limit=200),
        lambda session: ReconcileService.list_due_to_heal(session, limit=200),
        lambda session: DispatchService.list_next_of_batches(session, window=24),
        lambda session: RunRetentionService.delete_old(session, days=180),
        lambda session: Ledger.hand_back(session, "host:1", without_fault=True),
        BacklogService.list,
        take_census,
    ],
    ids=["overdue", "stalled", "to heal", "batches", "retention", "hand back", "backlog", "census"],
)
def test_sweep_reads_no_table_of_runs_from_end_to_end(many: Engine, sweep: Callable[[Session], object]) -> None:
    plans = explain(many, sweep, CHANGES)

    assert {name for plan in plans for name in scans(plan["Plan"])}.isdisjoint({"pipeline_runs", "pipeline_steps"})
