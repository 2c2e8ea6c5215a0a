"""What the step base makes of everything that work can do."""

from collections.abc import Callable, Iterator
from errno import EDQUOT, EIO, ENOSPC
from uuid import UUID

import pytest
from celery import Task
from celery.exceptions import Ignore, Reject, Retry, SoftTimeLimitExceeded
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from engine.dispatch import send
from engine.faults import FaultPoint
from engine.ledger.dispatch import DispatchService
from engine.ledger.ledger import Claim, Ledger, Refusal
from engine.ledger.run import RunService
from engine.step import execution, settlement
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from models import Part, PipelineStep
from models.session import disconnect, session_scope
from schemas.errors import Permanent, StepError, Transient
from schemas.intake import PartIntakeInput
from schemas.ledger import Gap, RunState, StepState
from schemas.step import ChosenDatasheet
from services.part import PartService
from tasks import celery_app


class Scripted(Step[str, ChosenDatasheet]):
    """A step whose work is a function of the test."""

    name = "test.scripted"
    queue = Queue.INVENTORY
    output = ChosenDatasheet

    def __init__(self, work: Callable[[], int | None]) -> None:
        self._work = work

    def load(self, session: Session, claim: Claim) -> str:
        return claim.subject or ""

    def work(self, given: str) -> ChosenDatasheet:
        return ChosenDatasheet(index=self._work())

    def record(self, session: Session, claim: Claim, output: ChosenDatasheet) -> Gap | None:
        PartService.get(session, claim.subject or "").seller = "recorded"
        return Gap(step=self.name, reason="nothing", detail="") if output.index is None else None


class Essential(Scripted):
    """One that the run cannot do without."""

    essential = True


class WithFallback(Scripted):
    """One that puts something out all the same."""

    def fallback(self, given: str | None, error: StepError) -> ChosenDatasheet:
        return ChosenDatasheet(index=99)


class Rowless(Scripted):
    """One whose output means nothing for the inventory."""

    record = Step.record


def raising(error: BaseException) -> Callable[[], int | None]:
    def work() -> int | None:
        raise error

    return work


@pytest.fixture
def run_id(database: str) -> UUID:
    with session_scope() as session:
        part = PartService.create(session)
        run = RunService.create(
            session,
            "part_intake",
            PartIntakeInput(manufacturer_code="LM358"),
            subject=part.id4,
            steps=[("test.scripted", 0), ("test.after", 0)],
            deadline=60,
        )
    with session_scope() as session:
        DispatchService.raise_epoch(session, run.id)
    return run.id


def carry_out(step: Scripted, run_id: UUID, epoch: int = 1) -> None:
    celery_app.tasks.pop(step.name, None)
    as_task(step).run(str(run_id), 0, epoch)


def step_row(run_id: UUID) -> PipelineStep:
    with session_scope() as session:
        return session.execute(
            select(PipelineStep).where(PipelineStep.run_id == run_id, PipelineStep.name == "test.scripted")
        ).scalar_one()


def seller() -> str | None:
    with session_scope() as session:
        return session.scalar(select(Part.seller))


def run_state(run_id: UUID) -> str:
    with session_scope() as session:
        return RunService.get(session, run_id).state


def test_output_and_rows_are_recorded_together(run_id: UUID) -> None:
    carry_out(Scripted(lambda: 3), run_id)

    assert step_row(run_id).output == {"index": 3, "duplicates": []}
    assert seller() == "recorded"


@pytest.mark.parametrize("kind", [Scripted, Rowless])
def test_every_step_passes_fault_points(kind: type[Scripted], run_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[FaultPoint] = []
    for module in (execution, settlement):
        monkeypatch.setattr(module, "reach", passed.append)
    carry_out(kind(lambda: 3), run_id)

    assert passed == [
        FaultPoint.BEFORE_CLAIM,
        FaultPoint.AFTER_CLAIM,
        FaultPoint.BEFORE_EFFECT,
        FaultPoint.AFTER_EFFECT,
        FaultPoint.BEFORE_RECORD_COMMIT,
        FaultPoint.AFTER_RECORD_COMMIT,
    ]


def test_second_delivery_does_no_work(run_id: UUID) -> None:
    carry_out(Scripted(lambda: 3), run_id)
    carry_out(Scripted(raising(AssertionError("worked twice"))), run_id)

    assert step_row(run_id).attempt == 1


def test_message_of_a_step_at_work_ends_its_canvas(run_id: UUID) -> None:
    with session_scope() as session:
        Ledger.claim(session, run_id, "test.scripted", 0, epoch=1, lease=60, worker="other")

    with pytest.raises(Ignore):
        carry_out(Scripted(lambda: 3), run_id)


def test_stale_message_ends_its_canvas(run_id: UUID) -> None:
    with pytest.raises(Ignore):
        carry_out(Scripted(lambda: 3), run_id, epoch=0)


def test_what_is_not_needed_is_skipped(run_id: UUID) -> None:
    carry_out(Scripted(raising(NotNeeded("no candidates"))), run_id)

    assert (step_row(run_id).state, step_row(run_id).detail) == (StepState.SKIPPED, "no candidates")


def test_record_may_leave_a_gap_and_keep_its_output(run_id: UUID) -> None:
    carry_out(Scripted(lambda: None), run_id)

    assert (step_row(run_id).state, step_row(run_id).reason) == (StepState.GAP, "nothing")
    assert step_row(run_id).output == {"index": None, "duplicates": []}


def test_retry_that_the_broker_refuses_is_left_to_the_reconciler(run_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Task, "retry", refused)
    with pytest.raises(Ignore):
        carry_out(Scripted(raising(Transient("busy", "try later"))), run_id)

    assert step_row(run_id).state == StepState.WAITING


def refused(*_args: object, **_options: object) -> None:
    raise Reject(OSError("no confirm in time"), requeue=False)


@pytest.mark.parametrize("error", [Transient("busy", "try later"), SoftTimeLimitExceeded()])
def test_transient_error_is_tried_again(run_id: UUID, error: Exception) -> None:
    with pytest.raises(Retry):
        carry_out(Scripted(raising(error)), run_id)

    assert step_row(run_id).state == StepState.WAITING


def test_long_wait_is_left_to_the_ledger(run_id: UUID) -> None:
    with pytest.raises(Ignore):
        carry_out(Scripted(raising(Transient("busy", "come later", retry_after=300))), run_id)

    row = step_row(run_id)
    assert row.not_before
    assert row.started_at
    assert (row.not_before - row.started_at).total_seconds() > 290


def test_other_side_that_asks_for_an_hour_is_given_up(run_id: UUID) -> None:
    carry_out(Scripted(raising(Transient("busy", "come tomorrow", retry_after=3600))), run_id)

    assert (step_row(run_id).state, step_row(run_id).reason) == (StepState.GAP, "busy")


def test_transient_error_gives_up_after_its_attempts(run_id: UUID, configure: Callable[..., None]) -> None:
    configure(ENGINE_MAX_ATTEMPTS=1)

    carry_out(Scripted(raising(Transient("busy", "try later"))), run_id)

    assert (step_row(run_id).state, step_row(run_id).reason) == (StepState.GAP, "busy")


def test_permanent_error_leaves_a_gap(run_id: UUID) -> None:
    carry_out(Scripted(raising(Permanent("damaged", "cut short"))), run_id)

    assert (step_row(run_id).state, step_row(run_id).reason) == (StepState.GAP, "damaged")
    assert run_state(run_id) == RunState.RUNNING


def test_essential_step_takes_the_run_down(run_id: UUID) -> None:
    with pytest.raises(Permanent):
        carry_out(Essential(raising(Permanent("damaged", "cut short"))), run_id)

    assert step_row(run_id).state == StepState.FAILED
    with session_scope() as session:
        run = RunService.get(session, run_id)
    assert (run.state, run.error) == (RunState.FAILED, "test.scripted: cut short")
    assert run.steps[1].state == StepState.SKIPPED


def test_fallback_stands_in_for_work(run_id: UUID) -> None:
    carry_out(WithFallback(raising(Permanent("damaged", "cut short"))), run_id)

    assert step_row(run_id).state == StepState.SUCCEEDED
    assert step_row(run_id).output == {"index": 99, "duplicates": []}


@pytest.mark.parametrize(
    "error", [KeyError("bug"), MemoryError(), RecursionError(), DataError("insert", {}, Exception("NUL in text"))]
)
def test_bug_leaves_a_gap_and_not_a_lost_run(run_id: UUID, error: Exception) -> None:
    carry_out(Scripted(raising(error)), run_id)

    assert (step_row(run_id).state, step_row(run_id).reason) == (StepState.GAP, "internal_error")


def test_lost_database_leaves_the_step_to_the_reconciler(run_id: UUID) -> None:
    with pytest.raises(OperationalError):
        carry_out(Scripted(raising(OperationalError("select", {}, Exception("gone")))), run_id)

    assert step_row(run_id).state == StepState.RUNNING


def test_work_of_a_lost_lease_is_not_recorded(run_id: UUID, configure: Callable[..., None]) -> None:
    configure(ENGINE_LEASE_SECONDS=0.001)

    def taken_over() -> int:
        with session_scope() as session:
            assert Ledger.claim(session, run_id, "test.scripted", 0, epoch=1, lease=60, worker="other")
        return 3

    with pytest.raises(Ignore):
        carry_out(Scripted(taken_over), run_id)
    assert seller() is None
    assert step_row(run_id).worker == "other"


def test_step_that_kills_its_workers_is_given_up(run_id: UUID, configure: Callable[..., None]) -> None:
    configure(ENGINE_MAX_ATTEMPTS=2)
    for _ in range(2):
        with session_scope() as session:
            assert Ledger.claim(session, run_id, "test.scripted", 0, epoch=1, lease=-1, worker="dies")

    carry_out(Scripted(raising(AssertionError("must not be tried again"))), run_id)

    assert step_row(run_id).reason == "worker_lost"


@pytest.mark.parametrize(("number", "reason"), [(ENOSPC, "disk_full"), (EDQUOT, "disk_full"), (EIO, "disk_broken")])
def test_fault_of_the_disk_is_waited_out(run_id: UUID, number: int, reason: str) -> None:
    with pytest.raises(Retry):
        carry_out(Scripted(raising(OSError(number, "said the system"))), run_id)

    assert (step_row(run_id).state, step_row(run_id).reason) == (StepState.WAITING, reason)


@pytest.fixture
def hold(engine: Engine) -> Iterator[Callable[[str], object]]:
    """Lock all rows of a table, in a transaction of somebody else that ends with the test."""
    with Session(engine) as other:
        yield lambda table: other.execute(text(f"SELECT 1 FROM {table} FOR UPDATE")).all()


def test_step_waits_without_fault_while_another_transaction_holds_what_it_writes(
    run_id: UUID, configure: Callable[..., None], hold: Callable[[str], object]
) -> None:
    configure(DATABASE_LOCK_SECONDS=0.2)
    disconnect()
    hold("parts")
    with pytest.raises(Retry):
        carry_out(Scripted(lambda: 3), run_id)
    row = step_row(run_id)

    assert (row.state, row.reason, row.attempt, row.postponed) == (StepState.WAITING, "locked", 1, 1)
    assert seller() is None


def test_lease_is_kept_while_a_step_waits_to_be_recorded(
    run_id: UUID, configure: Callable[..., None], hold: Callable[[str], object]
) -> None:
    configure(DATABASE_LOCK_SECONDS=2, ENGINE_LEASE_SECONDS=1)
    disconnect()
    hold("parts")
    with pytest.raises(Retry):
        carry_out(Scripted(lambda: 3), run_id)

    # A lease that had ended in the meantime would have been somebody else's, and this attempt fenced off.
    assert step_row(run_id).state == StepState.WAITING


def test_run_that_another_transaction_holds_does_not_keep_the_reconciler_from_the_others(
    run_id: UUID, configure: Callable[..., None], engine: Engine
) -> None:
    configure(DATABASE_LOCK_SECONDS=0.2)
    disconnect()
    with session_scope() as session:
        part = PartService.create(session)
        given = PartIntakeInput(manufacturer_code="NE555")
        steps = [("part.identify", 0), ("run.finish", 0)]
        other = RunService.create(session, "part_intake", given, subject=part.id4, steps=steps, deadline=60)
    with Session(engine) as holder:
        holder.execute(text("SELECT 1 FROM pipeline_runs WHERE id = :id FOR UPDATE"), {"id": run_id})
        send([run_id, other.id])

    with session_scope() as session:
        assert [RunService.get(session, each).epoch for each in (run_id, other.id)] == [1, 1]


def test_step_is_refused_while_a_step_before_it_is_open(run_id: UUID) -> None:
    with session_scope() as session:
        early = Ledger.claim(session, run_id, "test.after", 0, epoch=1, lease=60, worker="stray")
        assert early is None
        assert Ledger.explain_refusal(session, run_id, "test.after", 0, epoch=1) == Refusal.TAKEN
    carry_out(Scripted(lambda: 3), run_id)

    with session_scope() as session:
        assert Ledger.claim(session, run_id, "test.after", 0, epoch=1, lease=60, worker="next")
