"""Calls to models are deleted in time; answers in use and the day's budget are not touched."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text, update

from models import AiCall
from models.session import session_scope
from schemas.assistant import Usage
from services.ai_call import AiCallService
from tasks import retention
from tests.support.plans import CHANGES, explain, scans
from tests.support.rows import new_run

COST = Usage(model="m", prompt_version="v1", cost_usd=0.25)


def call(key: str, *, days_ago: float, cached: bool = False) -> None:
    """Record an answer of so many days ago."""
    run_id = new_run()
    with session_scope() as session:
        AiCallService.record(
            session, run_id=run_id, job="identify", version="m/v1", cache_key=key, usage=COST, answer={}, cached=cached
        )
        newest = select(func.max(AiCall.id)).scalar_subquery()
        at = func.now() - timedelta(days=days_ago)
        session.execute(update(AiCall).where(AiCall.id == newest).values(at=at))


def kept() -> list[str]:
    with session_scope() as session:
        return list(session.scalars(select(AiCall.cache_key).order_by(AiCall.id)))


@pytest.mark.parametrize("setting", [None, 30])
def test_old_calls_are_deleted(client: FlaskClient, configure: Callable[..., None], setting: int | None) -> None:
    if setting:
        configure(RETENTION_AI_CALLS_DAYS=setting)
    days = setting or 180
    call("old", days_ago=days + 1)
    call("young", days_ago=days - 1)
    retention.forget.run()
    assert kept() == ["young"]


def test_answer_that_is_used_again_is_kept(client: FlaskClient) -> None:
    call("used", days_ago=300)
    call("used", days_ago=100, cached=True)
    call("unused", days_ago=300)
    retention.forget.run()
    with session_scope() as session:
        assert AiCallService.find_answer(session, "used") == {}
        assert AiCallService.find_answer(session, "unused") is None


def test_budget_of_today_is_not_touched(client: FlaskClient) -> None:
    call("today", days_ago=0)
    with session_scope() as session:
        assert AiCallService.delete_old(session, days=0) == 0
        assert AiCallService.sum_cost_of_today(session) == 0.25


def test_many_calls_are_deleted_a_few_at_a_time(client: FlaskClient) -> None:
    fill(1200, "200 days")
    with session_scope() as session:
        assert AiCallService.delete_old(session, days=180) == 500
    retention.forget.run()
    assert kept() == []


def fill(count: int, age: str) -> None:
    with session_scope() as session:
        session.execute(
            text(
                "INSERT INTO ai_calls (job, model, prompt_version, cache_key, answer, input_tokens, output_tokens,"
                " cost_usd, cached, seconds, at)"
                " SELECT 'identify', 'm', 'v1', n, to_jsonb(repeat('an answer', 150)), 1, 1, 0.01, false, 1,"
                " now() - CAST(:age AS interval) - n * interval '1 second' FROM generate_series(1, :count) n"
            ),
            {"count": count, "age": age},
        )


def test_old_calls_are_found_by_an_index(database: str, engine: Engine) -> None:
    fill(20_000, "1 day")
    fill(1_000, "200 days")
    with session_scope() as session:
        session.execute(text("ANALYZE ai_calls"))
        assert session.scalar(select(func.count()).select_from(AiCall)) == 21_000
    (plan,) = explain(engine, lambda session: AiCallService.delete_old(session, days=180), CHANGES)
    used = set(scans(plan["Plan"]))
    assert "ix_ai_calls_at" in used
    assert "ai_calls" not in used
