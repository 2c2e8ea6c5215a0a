"""Which runs are sent again, which are ended, and which are left alone."""

import time
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from engine.cancel import cancel_run
from engine.clock import Clock
from engine.ledger.dispatch import DispatchService
from engine.ledger.ledger import Claim, Ending, Ledger
from engine.ledger.run import RunService
from engine.ledger.stalled import ReconcileService
from models.session import session_scope
from schemas.intake import PartIntakeInput
from schemas.ledger import RunState, StepState
from services.part import PartService

STALL = 30.0


def start(*, deadline: float = 600, sent: int = 1) -> UUID:
    with session_scope() as session:
        run = RunService.create(
            session,
            "part_intake",
            PartIntakeInput(manufacturer_code="LM358"),
            subject=PartService.create(session).id4,
            steps=[("first", 0)],
            deadline=deadline,
        )
        for _ in range(sent):
            DispatchService.raise_epoch(session, run.id)
    return run.id


def age(run_id: UUID, seconds: float) -> None:
    with session_scope() as session:
        session.execute(
            text(
                "UPDATE pipeline_runs SET created_at = created_at - make_interval(secs => :s),"
                " progress_at = progress_at - make_interval(secs => :s) WHERE id = :id"
            ),
            {"s": seconds, "id": run_id},
        )


def claim(run_id: UUID, *, lease: float, epoch: int = 1) -> Claim:
    with session_scope() as session:
        taken = Ledger.claim(session, run_id, "first", 0, epoch=epoch, lease=lease, worker="w")
    assert taken
    return taken


def wait(run_id: UUID, seconds: float) -> None:
    with session_scope() as session:
        taken = Ledger.claim(session, run_id, "first", 0, epoch=1, lease=60, worker="w")
        assert taken
        Ledger.wait(session, taken, seconds, reason="busy", detail="")


def stalled() -> list[UUID]:
    with session_scope() as session:
        return list(ReconcileService.list_stalled(session, stall=STALL, limit=10))


@pytest.fixture(autouse=True)
def _database(database: str) -> None:
    """Every test here has the database."""


@pytest.mark.parametrize(("seconds", "lost"), [(1, False), (6, True)])
def test_run_that_was_never_sent_is_found(seconds: float, lost: bool) -> None:
    run_id = start(sent=0)
    age(run_id, seconds)

    assert (run_id in stalled()) == lost


@pytest.mark.parametrize(("lease", "lost"), [(60, False), (0, True)])
def test_run_that_lost_its_worker_is_found(lease: float, lost: bool) -> None:
    run_id = start()
    claim(run_id, lease=lease)

    assert (run_id in stalled()) == lost


@pytest.mark.parametrize(
    ("sent", "seconds", "lost"), [(1, 20, False), (1, 40, True), (2, 40, False), (2, 70, True), (4, 200, False)]
)
def test_patience_doubles_with_each_dispatch(sent: int, seconds: float, lost: bool) -> None:
    run_id = start(sent=sent)
    age(run_id, seconds)

    assert (run_id in stalled()) == lost


def send(run_id: UUID) -> None:
    with session_scope() as session:
        assert DispatchService.raise_epoch(session, run_id)


@pytest.mark.parametrize(("seconds", "lost"), [(50, False), (70, True)])
def test_run_that_lost_its_worker_keeps_its_place_once_it_was_sent_again(seconds: float, lost: bool) -> None:
    run_id = start()
    claim(run_id, lease=0)
    send(run_id)
    age(run_id, seconds)

    assert (run_id in stalled()) == lost


def test_worker_lost_again_is_found_at_once() -> None:
    run_id = start()
    claim(run_id, lease=0)
    send(run_id)
    claim(run_id, lease=0, epoch=2)

    assert run_id in stalled()


def test_step_taken_meanwhile_leaves_the_patience_with_a_run() -> None:
    run_id = start(sent=3)
    taken = claim(run_id, lease=60, epoch=3)
    with session_scope() as session:
        Ledger.record(session, taken, Ending(state=StepState.SUCCEEDED))
    age(run_id, 100)

    assert run_id not in stalled()


@pytest.mark.parametrize(("due_in", "seconds", "lost"), [(600, 300, False), (-1, 10, False), (-1, 40, True)])
def test_waiting_run_is_found_once_it_is_due(due_in: float, seconds: float, lost: bool) -> None:
    run_id = start()
    wait(run_id, due_in)
    age(run_id, seconds)

    assert (run_id in stalled()) == lost


def test_longest_waiting_run_comes_first() -> None:
    young, old = start(), start()
    age(young, 100)
    age(old, 200)

    assert stalled() == [old, young]


@pytest.mark.parametrize("claimed", [True, False])
def test_only_work_counts_towards_the_deadline(claimed: bool) -> None:
    run_id = start(deadline=-1)
    if claimed:
        claim(run_id, lease=-1)
    with session_scope() as session:
        ReconcileService.end_overdue(session)

    with session_scope() as session:
        run = RunService.get(session, run_id)
    assert (run.state == RunState.FAILED) == claimed
    assert (run.steps[0].state == StepState.SKIPPED) == claimed


def test_cancelled_run_ends_when_its_worker_is_gone() -> None:
    run_id = start()
    claim(run_id, lease=0.01)
    with session_scope() as session:
        cancel_run(session, run_id)
        session.execute(text("UPDATE pipeline_steps SET lease_until = now() - interval '1 s'"))
    with session_scope() as session:
        ReconcileService.end_overdue(session)

    with session_scope() as session:
        assert RunService.get(session, run_id).state == RunState.CANCELLED


def look(clock: Clock) -> bool:
    with session_scope() as session:
        return clock.jumped(session)


@pytest.mark.parametrize("hours", [2, -2])
def test_clock_of_the_database_that_is_set_is_noticed_once(hours: int) -> None:
    ahead = 0.0
    clock = Clock(lambda: time.monotonic() - ahead)
    assert [look(clock), look(clock)] == [False, False]
    ahead = 3600.0 * hours

    assert [look(clock), look(clock)] == [True, False]


@pytest.mark.parametrize("hours", [2, -2])
def test_run_at_work_goes_on_when_the_clock_is_set(hours: int) -> None:
    run_id = start(deadline=600)
    claim(run_id, lease=60)
    set_clock(run_id, hours)
    with session_scope() as session:
        ReconcileService.update_times(session, lease=60, heal=600)
        ReconcileService.end_overdue(session)
    with session_scope() as session:
        run = RunService.get(session, run_id)
        left = session.scalar(text("SELECT extract(epoch FROM max(lease_until) - now()) FROM pipeline_steps"))

    assert run.state == RunState.RUNNING
    assert 0 < left <= 60
    assert run_id not in stalled()


def set_clock(run_id: UUID, hours: int) -> None:
    """Make the times of a run those that it has when the clock was set."""
    with session_scope() as session:
        for change in (
            "pipeline_runs SET working_since = working_since - :by, progress_at = progress_at - :by WHERE id = :id",
            "pipeline_steps SET lease_until = lease_until - :by WHERE run_id = :id",
        ):
            session.execute(text(f"UPDATE {change}"), {"by": timedelta(hours=hours), "id": run_id})
