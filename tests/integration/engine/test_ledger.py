"""Claim, work, record: who may carry out a step, and whose work counts."""

from uuid import UUID

import pytest

from engine.cancel import cancel_run
from engine.ledger.dispatch import DispatchService
from engine.ledger.ledger import Claim, Ending, Fenced, Ledger
from engine.ledger.run import Heal, RunService
from models.session import get_engine, session_scope
from schemas.intake import PartIntakeInput
from schemas.ledger import RunState, StepState
from services.part import PartService
from tests.support.statements import statements

STEPS = [("first", 0), ("second", 0), ("second", 1)]


@pytest.fixture
def run_id(database: str) -> UUID:
    with session_scope() as session:
        part = PartService.create(session)
        given = PartIntakeInput(manufacturer_code="LM358")
        run = RunService.create(session, "part_intake", given, subject=part.id4, steps=STEPS, deadline=60)
    return dispatched(run.id)


def dispatched(run_id: UUID) -> UUID:
    with session_scope() as session:
        DispatchService.raise_epoch(session, run_id)
    return run_id


def claim(run_id: UUID, name: str = "first", index: int = 0, *, epoch: int = 1, lease: float = 60) -> Claim | None:
    with session_scope() as session:
        return Ledger.claim(session, run_id, name, index, epoch=epoch, lease=lease, worker="w")


def must_claim(run_id: UUID, name: str = "first", index: int = 0, *, epoch: int = 1, lease: float = 60) -> Claim:
    taken = claim(run_id, name, index, epoch=epoch, lease=lease)
    assert taken
    return taken


def record(taken: Claim, state: StepState = StepState.SUCCEEDED) -> None:
    with session_scope() as session:
        Ledger.record(session, taken, Ending(state=state, output={"by": taken.attempt}))


def state_of(run_id: UUID) -> str:
    with session_scope() as session:
        return RunService.get(session, run_id).state


def test_claim_carries_the_runs_input(run_id: UUID) -> None:
    taken = must_claim(run_id)

    assert taken.input["manufacturer_code"] == "LM358"
    assert taken.attempt == 1


def test_claimed_step_is_not_claimed_again(run_id: UUID) -> None:
    must_claim(run_id)

    assert claim(run_id) is None


def test_done_step_is_not_claimed_again(run_id: UUID) -> None:
    record(must_claim(run_id))

    assert claim(run_id) is None


def test_stale_epoch_gets_nothing(run_id: UUID) -> None:
    dispatched(run_id)

    assert claim(run_id, epoch=1) is None
    assert claim(run_id, epoch=2)


def test_expired_lease_is_taken_over(run_id: UUID) -> None:
    must_claim(run_id, lease=-1)

    assert must_claim(run_id).attempt == 2


def test_late_worker_is_fenced_off(run_id: UUID) -> None:
    late = must_claim(run_id, lease=-1)
    record(must_claim(run_id))

    with pytest.raises(Fenced):
        record(late)
    with session_scope() as session:
        assert Ledger.find_output(session, run_id, "first") == {"by": 2}


def test_heartbeat_keeps_the_lease(run_id: UUID) -> None:
    taken = must_claim(run_id, lease=-1)
    with session_scope() as session:
        assert Ledger.extend(session, taken, 60)

    assert claim(run_id) is None


def test_heartbeat_of_a_lost_step_says_so(run_id: UUID) -> None:
    late = must_claim(run_id, lease=-1)
    must_claim(run_id)

    with session_scope() as session:
        assert not Ledger.extend(session, late, 60)


@pytest.mark.parametrize(("seconds", "due"), [(60, False), (-1, True)])
def test_waiting_step_is_claimed_when_due(run_id: UUID, seconds: float, due: bool) -> None:
    with session_scope() as session:
        Ledger.wait(session, must_claim(run_id), seconds, reason="timeout", detail="slow")

    assert bool(claim(run_id)) == due


def test_cancelled_run_hands_out_no_step(run_id: UUID) -> None:
    with session_scope() as session:
        cancel_run(session, run_id)

    assert claim(run_id) is None
    assert state_of(run_id) == RunState.CANCELLED


def test_cancel_lets_a_running_step_end_first(run_id: UUID) -> None:
    taken = must_claim(run_id)
    with session_scope() as session:
        cancel_run(session, run_id)
    record(taken)

    assert state_of(run_id) == RunState.RUNNING
    with session_scope() as session:
        assert RunService.settle_cancelled(session, run_id)


def test_failed_run_fences_off_its_steps(run_id: UUID) -> None:
    record(must_claim(run_id))
    taken = must_claim(run_id, "second", 1)
    with session_scope() as session:
        RunService.fail(session, run_id, "broken")

    with pytest.raises(Fenced):
        record(taken)


@pytest.mark.parametrize(
    ("ending", "state"), [(StepState.SUCCEEDED, RunState.SUCCEEDED), (StepState.GAP, RunState.PARTIAL)]
)
def test_run_with_a_gap_ends_partial(run_id: UUID, ending: StepState, state: RunState) -> None:
    for name, index in STEPS:
        record(must_claim(run_id, name, index), ending)
    with session_scope() as session:
        RunService.finish(session, run_id, heal=Heal(60, 2))

    assert state_of(run_id) == state


def test_every_change_raises_the_version(run_id: UUID) -> None:
    with session_scope() as session:
        before = RunService.find_version(session, run_id)
    record(must_claim(run_id))

    with session_scope() as session:
        assert RunService.find_version(session, run_id) == (before or 0) + 2


def test_claim_in_vain_changes_nothing(run_id: UUID) -> None:
    must_claim(run_id)
    with session_scope() as session:
        before = RunService.find_version(session, run_id)
    assert claim(run_id) is None

    with session_scope() as session:
        assert RunService.find_version(session, run_id) == before


def test_run_at_work_is_not_sent_again(run_id: UUID) -> None:
    must_claim(run_id)

    with session_scope() as session:
        assert DispatchService.raise_epoch(session, run_id) is None


def test_claim_and_record_are_one_statement_each(run_id: UUID) -> None:
    with statements(get_engine()) as sent:
        record(must_claim(run_id))

    assert len(sent) == 2
