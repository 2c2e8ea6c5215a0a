"""With 50,000 suggestions that wait, a page and its total are found through indexes, however they are filtered."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from benchmarks.inventory_rows import fill_inbox
from models import Base
from schemas.cursor import Cursor
from schemas.inbox import SuggestionQuery
from services.suggestion import SuggestionListService
from tests.support.plans import explain, scans

SUGGESTIONS = 50_000


@pytest.fixture(scope="module")
def filled(engine: Engine) -> Iterator[Engine]:
    """Fill the inbox once for all tests of this module."""
    truncate = text(f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY CASCADE")
    with Session(engine) as session, session.begin():
        session.execute(truncate)
        session.execute(text("SET LOCAL session_replication_role = replica"))
        fill_inbox(session, SUGGESTIONS)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE suggestions"))
    yield engine
    with engine.begin() as connection:
        connection.execute(truncate)


def page(**query: Any) -> Callable[[Session], object]:
    return lambda session: SuggestionListService.list(session, SuggestionQuery(**query), part_id4=None)


def pages_read(plans: list[dict[str, Any]]) -> int:
    return sum(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in plans)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"field": "tags"},
        {"field": "stock"},
        {"state": "accepted"},
        {"state": "rejected"},
        {"confidence_at_least": 0.99},
        {"field": "part_number", "confidence_at_least": 0.9, "confidence_at_most": 0.95},
        {"group": "part"},
    ],
    ids=str,
)
def test_no_page_reads_the_suggestions_from_end_to_end(filled: Engine, query: dict[str, Any]) -> None:
    plans = explain(filled, page(**query))
    used = {name for plan in plans for name in scans(plan["Plan"])}
    milliseconds = sum(plan["Execution Time"] for plan in plans)
    print(f"{query}: {milliseconds:.1f} ms, {pages_read(plans)} pages, {sorted(used)}")
    assert not used & {"suggestions", "parts", "documents", "pipeline_runs"}
    assert pages_read(plans) <= 3_000


def test_last_page_costs_what_the_first_does(filled: Engine) -> None:
    with Session(filled) as session:
        last = session.scalar(text("SELECT id FROM suggestions WHERE state = 'proposed' ORDER BY id DESC OFFSET 50"))
    after = str(Cursor(sort="oldest", value=str(last), key=str(last)))
    first, final = (pages_read(explain(filled, page(**query))) for query in ({}, {"after": after}))
    assert final <= first * 1.5


def test_total_counts_all_pages(filled: Engine) -> None:
    with Session(filled) as session:
        query = SuggestionQuery(limit=1)
        assert SuggestionListService.list(session, query, part_id4=None).total == SUGGESTIONS
