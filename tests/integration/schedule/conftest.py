from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from engine.ledger.schedule import ScheduleService
from models.session import session_scope
from schemas.schedule import CatchUpPolicy, ScheduledJob
from schemas.timing import Timing

BEGIN = datetime(2026, 11, 28, 12, 0, 30, tzinfo=UTC)
JOBS = {
    "hourly": ScheduledJob(name="hourly", task="test.hourly", timing=Timing(interval_seconds=3600)),
    "nightly": ScheduledJob(
        name="nightly", task="test.nightly", timing=Timing(cron="30 2 * * *"), catch_up=CatchUpPolicy.ALL
    ),
    "ticking": ScheduledJob(name="ticking", task="test.ticking", timing=Timing(interval_seconds=10)),
}


@pytest.fixture
def schedules(database: str) -> Callable[..., None]:
    """Make the schedules of a few jobs, and return what makes them once more, as an upgrade does."""

    def ensure(*jobs: ScheduledJob) -> None:
        with session_scope() as session:
            ScheduleService.ensure(session, jobs or JOBS.values(), BEGIN)

    ensure()
    return ensure
