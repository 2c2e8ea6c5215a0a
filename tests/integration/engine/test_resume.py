"""Going on with runs that have ended, by hand and by themselves."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from engine.cancel import cancel_run
from engine.ledger.dispatch import DispatchService
from engine.ledger.ledger import Ending, Ledger
from engine.ledger.run import Heal, RunService
from engine.ledger.stalled import ReconcileService
from engine.pipeline import outdated
from engine.reconcile import reconcile
from engine.resume import resume
from models import Suggestion
from models.session import session_scope
from pipelines.part_intake import start_part_intake
from schemas.errors import Conflict, InvalidInput, Unprocessable
from schemas.intake import PartIntakeRequest
from schemas.ledger import Nothing, RunState, StepState
from schemas.suggestion import SuggestionField
from services.part import PartService
from services.suggestion import SuggestionService

HEAL = Heal(seconds=60, times=2)
GIVEN_UP = Ending(state=StepState.GAP, reason="store_unavailable", detail="it is down", transient=True)


@pytest.fixture
def run_id(database: str) -> UUID:
    with session_scope() as session:
        return start_part_intake(session, PartIntakeRequest(manufacturer_code="LM358")).id


def carry_out(run_id: UUID, endings: dict[str, Ending]) -> None:
    """Carry a run out to its end; steps that are not named succeed."""
    with session_scope() as session:
        run = DispatchService.raise_epoch(session, run_id)
    assert run
    for step in run.steps:
        with session_scope() as session:
            claim = Ledger.claim(session, run_id, step.name, step.index, epoch=run.epoch, lease=60, worker="w")
            if claim:
                Ledger.record(session, claim, endings.get(step.name, Ending(state=StepState.SUCCEEDED, output={})))
    with session_scope() as session:
        RunService.finish(session, run_id, heal=HEAL)


def states(run_id: UUID) -> dict[str, str]:
    with session_scope() as session:
        return {step.name: step.state for step in RunService.get(session, run_id).steps}


def resumed(run_id: UUID, from_step: str | None = None) -> list[str]:
    with session_scope() as session:
        run = resume(session, run_id, from_step=from_step)
        return list(dict.fromkeys(step.name for step in run.steps if step.state == StepState.PENDING))


def healed() -> list[UUID]:
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET heal_at = heal_at - interval '1 day'"))
    with session_scope() as session:
        due = list(ReconcileService.list_due_to_heal(session, limit=10, outdated=outdated()))
        for run_id in due:
            resume(session, run_id, healing=True)
    return due


def test_resumed_run_goes_on_at_its_gap(run_id: UUID) -> None:
    carry_out(run_id, {"datasheet.ingest": GIVEN_UP})

    assert resumed(run_id)[0] == "datasheet.ingest"
    assert states(run_id)["part.identify"] == StepState.SUCCEEDED


def test_refused_candidates_are_looked_for_anew(run_id: UUID) -> None:
    carry_out(run_id, {"datasheet.choose": Ending(state=StepState.GAP, reason="no_datasheet")})

    assert resumed(run_id)[:2] == ["datasheet.discover", "datasheet.fetch"]


def test_run_is_gone_through_again_from_a_chosen_step(run_id: UUID) -> None:
    carry_out(run_id, {})

    assert resumed(run_id, "part.categorise") == ["part.categorise", "part.suggest_slot", "run.finish"]


def test_step_that_was_tried_often_has_all_its_attempts_again(run_id: UUID) -> None:
    carry_out(run_id, {"part.tag": GIVEN_UP})
    resumed(run_id)
    with session_scope() as session:
        run = DispatchService.raise_epoch(session, run_id)
        assert run
        claim = Ledger.claim(session, run_id, "part.tag", 0, epoch=run.epoch, lease=60, worker="w")

    assert claim
    assert (claim.attempt, claim.tries) == (2, 1)


def test_message_from_before_is_stale(run_id: UUID) -> None:
    carry_out(run_id, {"part.tag": GIVEN_UP})
    resumed(run_id)
    with session_scope() as session:
        DispatchService.raise_epoch(session, run_id)
    with session_scope() as session:
        assert Ledger.claim(session, run_id, "part.tag", 0, epoch=1, lease=60, worker="w") is None


def test_message_from_before_is_stale_even_before_the_run_is_sent(run_id: UUID) -> None:
    carry_out(run_id, {"part.tag": GIVEN_UP})
    resumed(run_id)
    with session_scope() as session:
        assert Ledger.claim(session, run_id, "part.suggest_slot", 0, epoch=1, lease=60, worker="w") is None


def test_bulk_run_waits_for_its_turn_again(run_id: UUID) -> None:
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET lane = 'bulk'"))
    carry_out(run_id, {"part.tag": GIVEN_UP})
    resumed(run_id)
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET progress_at = now() - interval '1 day'"))
        assert ReconcileService.list_stalled(session, stall=60, limit=10) == []
        assert DispatchService.list_next_of_batches(session, window=1) == [run_id]


def test_step_after_one_that_was_cut_off_is_no_place_to_go_on(run_id: UUID) -> None:
    with session_scope() as session:
        cancel_run(session, run_id)

    with pytest.raises(Unprocessable, match=r"part\.identify"):
        resumed(run_id, "part.tag")


def test_ended_run_waits_for_nothing(run_id: UUID) -> None:
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET waiting_for = 'broker'"))
    with session_scope() as session:
        assert cancel_run(session, run_id).waiting_for is None


def test_cancelled_run_can_be_resumed(run_id: UUID) -> None:
    with session_scope() as session:
        cancel_run(session, run_id)

    assert resumed(run_id)[0] == "part.identify"


def test_open_run_is_not_resumed(run_id: UUID) -> None:
    with pytest.raises(Conflict, match="cancel it first"):
        resumed(run_id, "part.tag")


def test_complete_run_lacks_nothing(run_id: UUID) -> None:
    carry_out(run_id, {})

    with pytest.raises(Unprocessable):
        resumed(run_id)


def test_unknown_step_is_refused_with_those_there_are(run_id: UUID) -> None:
    carry_out(run_id, {})

    with pytest.raises(InvalidInput, match="it has part"):
        resumed(run_id, "part.polish")


def test_resumed_run_is_sent_by_the_reconciler(run_id: UUID) -> None:
    carry_out(run_id, {"part.tag": GIVEN_UP})
    resumed(run_id)
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET progress_at = now() - interval '6 s'"))
        assert ReconcileService.list_stalled(session, stall=60, limit=10) == [run_id]


def test_run_with_a_transient_gap_heals_later_and_at_last_not(run_id: UUID) -> None:
    for heals in range(HEAL.times + 1):
        carry_out(run_id, {"part.tag": GIVEN_UP})
        assert healed() == ([run_id] if heals < HEAL.times else [])


def test_run_with_a_lasting_gap_is_left_alone(run_id: UUID) -> None:
    carry_out(run_id, {"part.tag": Ending(state=StepState.GAP, reason="no_tags")})

    assert healed() == []


@pytest.mark.parametrize(("newer", "heals"), [("part_intake", False), ("photo_intake", False), ("other", True)])
def test_newer_run_of_the_part_replaces_healing_unless_it_does_something_else(
    run_id: UUID, newer: str, heals: bool
) -> None:
    carry_out(run_id, {"part.tag": GIVEN_UP})
    with session_scope() as session:
        part = RunService.get(session, run_id).subject
        RunService.create(session, newer, Nothing(), subject=part, steps=[("run.finish", 0)], deadline=60)

    assert healed() == ([run_id] if heals else [])


def test_run_that_failed_on_something_transient_heals(run_id: UUID) -> None:
    with session_scope() as session:
        RunService.fail(session, run_id, "the store is down", heal=HEAL)

    assert healed() == [run_id]


def propose(run_id: UUID, field: SuggestionField, value: object) -> int:
    with session_scope() as session:
        part = PartService.get(session, RunService.get(session, run_id).subject or "")
        return SuggestionService.propose(
            session, part, field, value, run_id=run_id, confidence=0.5, evidence=[], accept_from=None
        ).id


def test_open_suggestions_of_repeated_steps_are_made_anew(run_id: UUID) -> None:
    number = propose(run_id, SuggestionField.PART_NUMBER, {"manufacturer_code": "LM358"})
    propose(run_id, SuggestionField.TAGS, ["opamp"])
    carry_out(run_id, {})
    resumed(run_id, "part.tag")
    with session_scope() as session:
        assert session.scalars(select(Suggestion.id)).all() == [number]


def test_run_is_not_opened_while_somebody_decides_on_its_suggestions(run_id: UUID) -> None:
    carry_out(run_id, {"part.tag": GIVEN_UP})
    with session_scope() as person, session_scope() as session:
        PartService.lock(person, RunService.get(person, run_id).subject or "")
        session.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            resume(session, run_id)
        session.rollback()


def test_run_that_cannot_be_healed_keeps_no_other_from_it(run_id: UUID) -> None:
    with session_scope() as session:
        other = start_part_intake(session, PartIntakeRequest(manufacturer_code="NE555")).id
    carry_out(run_id, {"part.tag": Ending(state=StepState.SUCCEEDED)})
    carry_out(other, {"part.tag": GIVEN_UP})
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET heal_at = created_at"))
    reconcile.run()
    with session_scope() as session:
        assert RunService.get(session, run_id).state == RunState.SUCCEEDED
        assert RunService.get(session, other).state == RunState.PENDING


def test_same_suggestion_of_a_run_is_made_once(run_id: UUID) -> None:
    assert propose(run_id, SuggestionField.TAGS, ["opamp"]) == propose(run_id, SuggestionField.TAGS, ["opamp"])


def test_booked_stock_is_never_proposed_again(run_id: UUID) -> None:
    booked = propose(run_id, SuggestionField.STOCK, {"quantity": 5, "slot": "1-1"})
    with session_scope() as session:
        session.execute(text("UPDATE suggestions SET state = 'accepted'"))
    carry_out(run_id, {})
    resumed(run_id, "part.suggest_slot")

    assert propose(run_id, SuggestionField.STOCK, {"quantity": 5, "slot": "1-2"}) == booked


def test_resume_over_http_sends_the_run(run_id: UUID, client: FlaskClient) -> None:
    carry_out(run_id, {"part.tag": GIVEN_UP})
    assert client.get(f"/pipelines/runs/{run_id}").get_json()["heal_at"]
    answer = client.post(f"/pipelines/runs/{run_id}/resume", json={"from_step": "part.tag"})
    run = client.get(answer.headers["Location"]).get_json()

    assert (answer.status_code, run["state"], run["heal_at"]) == (202, RunState.PENDING, None)
    with session_scope() as session:
        assert RunService.get(session, run_id).sent_at


def test_resume_with_a_key_is_done_once(run_id: UUID, client: FlaskClient) -> None:
    carry_out(run_id, {"part.tag": GIVEN_UP})
    answers = [
        client.post(f"/pipelines/runs/{run_id}/resume", json={}, headers={"Idempotency-Key": '"k"'}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[1].headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "status"), [({}, 409), ({"from_step": "part.polish"}, 400), ({"from_step": 7}, 400), ({"to": 1}, 400)]
)
def test_resume_of_an_open_run_is_refused(run_id: UUID, client: FlaskClient, body: object, status: int) -> None:
    if not body:
        assert client.post(f"/pipelines/runs/{run_id}/resume", json={"from_step": "part.tag"}).status_code == status
        return
    assert client.post(f"/pipelines/runs/{run_id}/resume", json=body).status_code == status
