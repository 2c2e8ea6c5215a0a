"""Which datasheets are due to be refreshed, and that none is started twice."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from models import PipelineRun
from models.session import session_scope
from pipelines.upkeep import start_due_refreshes
from schemas.datasheet import Verdict
from schemas.document import DocumentKind
from schemas.ledger import Lane
from schemas.step import CandidateOutcome
from services.datasheet import DatasheetSourceService
from services.document import BlobService, DocumentService
from tests.support.rows import new_part, new_run

NONE = "f" * 64


def aged_part(days: float, code: str | None = "NE555P") -> str:
    """Insert a part whose datasheet was found so many days ago."""
    part = new_part(code)
    with session_scope() as session:
        BlobService.ensure(session, sha256=NONE, bucket="docs", s3_key="k", size=1, media_type="application/pdf")
        DocumentService.attach(session, part, DocumentKind.PDF, sha256=NONE, is_datasheet=True)
        session.execute(
            text("UPDATE documents SET created_at = now() - make_interval(secs => :seconds) WHERE part_id4 = :part"),
            {"seconds": days * 86_400, "part": part},
        )
    return part


def started() -> list[str | None]:
    with session_scope() as session:
        return list(session.scalars(select(PipelineRun.subject).order_by(PipelineRun.created_at, PipelineRun.id)))


@pytest.fixture(autouse=True)
def quick(database: str, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    configure(REFRESH_AGE_DAYS=90, REFRESH_JITTER_DAYS=0, REFRESH_MAX_PER_DAY=3)
    monkeypatch.setattr("pipelines.upkeep.publish", lambda runs: None)


def test_oldest_are_started_first_as_many_as_a_day_allows() -> None:
    parts = [aged_part(days) for days in (100, 400, 200, 300, 89)]
    assert (start_due_refreshes(), start_due_refreshes()) == (3, 0)
    assert set(started()) == {parts[1], parts[2], parts[3]}


def test_runs_are_a_batch_in_bulk() -> None:
    aged_part(100)
    start_due_refreshes()
    with session_scope() as session:
        run = session.scalars(select(PipelineRun)).one()
        assert (run.pipeline, run.lane, run.batch_id is not None) == ("datasheet_refresh", Lane.BULK, True)


def test_part_that_was_started_is_not_due_whatever_became_of_it(configure: Callable[..., None]) -> None:
    configure(REFRESH_MAX_PER_DAY=100)
    aged_part(100)
    assert start_due_refreshes() == 1
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET state = 'failed', finished_at = now()"))
        session.execute(text("UPDATE part_upkeep SET started_at = now() - interval '89 days'"))
    assert start_due_refreshes() == 0
    with session_scope() as session:
        session.execute(text("UPDATE part_upkeep SET started_at = now() - interval '91 days'"))
    assert start_due_refreshes() == 1


def test_part_that_cannot_be_refreshed_now_is_left_out() -> None:
    busy, retired, nameless = aged_part(100), aged_part(100), aged_part(100, None)
    new_run(busy)
    with session_scope() as session:
        session.execute(text("UPDATE parts SET retired_at = now() WHERE id4 = :id4"), {"id4": retired})
    new_part("NE555P")
    assert (start_due_refreshes(), nameless in started()) == (0, False)


def test_jitter_is_each_part_s_own_and_always_the_same(configure: Callable[..., None]) -> None:
    configure(REFRESH_AGE_DAYS=0, REFRESH_JITTER_DAYS=100, REFRESH_MAX_PER_DAY=1000)
    for _ in range(40):
        aged_part(50)
    first = start_due_refreshes()
    assert 5 < first < 35
    assert start_due_refreshes() == 0


def test_two_that_start_at_once_start_each_part_once(configure: Callable[..., None]) -> None:
    configure(REFRESH_MAX_PER_DAY=1000)
    for _ in range(20):
        aged_part(100)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: start_due_refreshes(), range(4))) == 20
    assert max(Counter(started()).values()) == 1


def test_part_that_a_person_had_refreshed_is_not_due() -> None:
    part = aged_part(100)
    with session_scope() as session:
        outcome = CandidateOutcome(verdict=Verdict.UNREACHABLE, detail="the site answers 410")
        DatasheetSourceService.record(session, part, "https://example.com/x.pdf", source="user", outcome=outcome)
    assert start_due_refreshes() == 0
