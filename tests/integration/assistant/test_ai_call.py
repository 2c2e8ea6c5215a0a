"""Answers of models are used again; failures do not stand in their way."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from engine.ledger.run import RunService
from schemas.assistant import Usage
from schemas.intake import PartIntakeInput
from services.ai_call import AiCallService

COST = Usage(model="m", prompt_version="v1", input_tokens=10, output_tokens=5, cost_usd=0.25)


@pytest.fixture
def run_id(session: Session) -> UUID:
    given = PartIntakeInput(manufacturer_code="LM358")
    return RunService.create(session, "part_intake", given, subject=None, steps=[("run.finish", 0)], deadline=60).id


def record(session: Session, run_id: UUID, **what: object) -> None:
    AiCallService.record(session, run_id=run_id, job="identify", version="m/v1", cache_key="k", **what)  # type: ignore[arg-type]  # the test's own keywords


def test_answer_is_found_again(session: Session, run_id: UUID) -> None:
    record(session, run_id, answer={"guesses": []}, usage=COST)

    assert AiCallService.find_answer(session, "k") == {"guesses": []}


def test_later_failure_does_not_hide_an_answer(session: Session, run_id: UUID) -> None:
    record(session, run_id, answer={"guesses": []}, usage=COST)
    record(session, run_id, error="timeout")

    assert AiCallService.find_answer(session, "k") == {"guesses": []}


def test_cost_of_the_day_is_added_up(session: Session, run_id: UUID) -> None:
    record(session, run_id, answer={}, usage=COST)
    record(session, run_id, answer={}, usage=COST)
    record(session, run_id, answer={}, cached=True)

    assert AiCallService.sum_cost_of_today(session) == 0.5
