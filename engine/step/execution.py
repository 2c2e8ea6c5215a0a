"""How a step is carried out: claim, work, record."""

import math
from dataclasses import replace
from typing import Any, Never
from uuid import UUID

import structlog
from celery import Task, shared_task
from celery.exceptions import Ignore, Reject, SoftTimeLimitExceeded
from sqlalchemy.exc import InterfaceError, OperationalError

from engine.faults import FaultPoint, reach
from engine.ledger.ledger import Claim, Ending, Fenced, Ledger, Refusal
from engine.ledger.run import Heal, RunService
from engine.step.heartbeat import heartbeat
from engine.step.retry import LONGEST_COUNTDOWN
from engine.step.step import NotNeeded, Step
from engine.worker.handback import worker_name
from engine.worker.routes import assign
from models.session import session_scope, statement_scope
from schemas.base import Dto
from schemas.errors import Busy, Permanent, StepError, Transient
from schemas.run import StepState
from settings import get_settings

__all__ = ["STEPS", "NotNeeded", "Step", "as_task", "heal"]

STEPS: dict[str, Step[Any, Any]] = {}
"All steps, by name."

_BUSY_SECONDS = 2.0
_NEWER_SECONDS = 5
_DATABASE_SECONDS = 3
_TO_END_SECONDS = 60
"How long a step has that took too long to say so."

_log = structlog.get_logger()

StepTask = Task[[str, int, int], None]


def as_task(step: Step[Any, Any], *, in_chord: bool = False) -> StepTask:
    """Register a step with Celery; a chord counts its header by results, so only there they are kept."""
    STEPS[step.name] = step
    assign(step.name, step.queue)

    # How often is for the ledger to say, so Celery's own limit is off.
    @shared_task(
        name=step.name,
        bind=True,
        ignore_result=not in_chord,
        throws=(StepError,),
        max_retries=None,
        **_limits(step),
    )
    def carry_out(self: StepTask, run_id: str, slot: int, epoch: int) -> None:
        _carry_out(self, step, UUID(run_id), slot, epoch)

    task: StepTask = carry_out
    return task


def _limits(step: Step[Any, Any]) -> dict[str, Any]:
    longest = step.longest
    return {"soft_time_limit": longest, "time_limit": longest + _TO_END_SECONDS} if longest else {}


def heal() -> Heal:
    """Return how runs that lack something are tried again."""
    pipeline = get_settings().pipeline
    return Heal(pipeline.heal_seconds, pipeline.heal_times)


def _carry_out(task: StepTask, step: Step[Any, Any], run_id: UUID, slot: int, epoch: int) -> None:
    claim = _claim(task, step, run_id, slot, epoch)
    if claim is None:
        return
    try:
        _work(task, step, claim)
    except Fenced:
        _log.info("step was taken over", run=str(run_id), step=step.name, slot=slot)
        raise Ignore from None


def _claim(task: StepTask, step: Step[Any, Any], run_id: UUID, slot: int, epoch: int) -> Claim | None:
    """Take the step; None when it is done already, so that the canvas goes on to the next.

    Raises:
        Ignore: the step is somebody else's or the message is stale: this canvas ends here.
        Retry: the database is away, or newer code has touched the run: the message is left for later, or for a newer
            worker.
        Permanent: it has taken its worker down too often.
    """
    pipeline = get_settings().pipeline
    reach(FaultPoint.BEFORE_CLAIM)
    try:
        with statement_scope() as connection:
            claim = Ledger.claim(
                connection, run_id, step.name, slot, epoch=epoch, lease=pipeline.lease_seconds, worker=worker_name()
            )
    except (OperationalError, InterfaceError):
        _send_again(task, _DATABASE_SECONDS)
    reach(FaultPoint.AFTER_CLAIM)
    if claim is None:
        _refused(task, step, run_id, slot, epoch)
    elif claim.tries > pipeline.max_attempts:
        _give_up(step, claim, None, Permanent("worker_lost", f"its worker died {claim.tries - 1} times"))
        return None
    return claim


def _refused(task: StepTask, step: Step[Any, Any], run_id: UUID, slot: int, epoch: int) -> None:
    with session_scope() as session:
        refusal = Ledger.refusal(session, run_id, step.name, slot, epoch=epoch)
        if refusal == Refusal.TAKEN:
            RunService.settle_cancelled(session, run_id)
    if refusal == Refusal.TAKEN:
        raise Ignore
    if refusal == Refusal.NEWER:
        _send_again(task, _NEWER_SECONDS)


def _work(task: StepTask, step: Step[Any, Any], claim: Claim) -> None:
    """Carry out a claimed step, and settle whatever comes of it."""
    given = None
    try:
        with heartbeat(claim, get_settings().pipeline.lease_seconds):
            with session_scope() as session:
                given = step.load(session, claim)
            reach(FaultPoint.BEFORE_EFFECT)
            output = step.work(given)
            reach(FaultPoint.AFTER_EFFECT)
        _record(step, claim, output)
    except NotNeeded as reason:
        _end(claim, Ending(state=StepState.SKIPPED, reason="not_needed", detail=str(reason)))
    except SoftTimeLimitExceeded:
        _try_later(task, step, claim, given, Transient("timeout", "the step took too long"))
    except Transient as error:
        _try_later(task, step, claim, given, error)
    except Permanent as error:
        _give_up(step, claim, given, error)
    except (OperationalError, InterfaceError, Fenced):
        raise  # Without the ledger nothing can be settled: the lease ends, and the reconciler sends the run again.
    except Exception as error:  # noqa: BLE001 - a bug in one step must end in that run's ledger, not in a lost run
        _log.exception("step broke", run=str(claim.run_id), step=step.name, slot=claim.slot)
        _give_up(step, claim, given, Permanent("internal_error", f"{type(error).__name__}: {error}"[:500]))


def _record(step: Step[Any, Any], claim: Claim, output: Dto, *, transient: bool = False) -> None:
    """End a step, in one transaction with what its output means for the inventory, if it means anything."""
    ended = Ending(state=StepState.SUCCEEDED, output=output.model_dump(mode="json"))
    if type(step).record is Step.record:
        _end(claim, ended)
        return
    with session_scope() as session:
        gap = step.record(session, claim, output)
        if gap:
            may_heal = gap.transient or transient
            ended = replace(ended, state=StepState.GAP, reason=gap.reason, detail=gap.detail, transient=may_heal)
        # Last, so that the run's row is locked for a moment only; being fenced off undoes all of it.
        Ledger.record(session, claim, ended)
        reach(FaultPoint.BEFORE_RECORD_COMMIT)
    reach(FaultPoint.AFTER_RECORD_COMMIT)


def _end(claim: Claim, ending: Ending) -> None:
    reach(FaultPoint.BEFORE_RECORD_COMMIT)
    with statement_scope() as connection:
        Ledger.record(connection, claim, ending)
    reach(FaultPoint.AFTER_RECORD_COMMIT)


def _try_later(task: StepTask, step: Step[Any, Any], claim: Claim, given: Any, error: Transient) -> None:
    """Give the step back until later, or give it up when it was tried often enough."""
    without_fault = isinstance(error, Busy)
    attempts = get_settings().pipeline.max_attempts
    seconds = _BUSY_SECONDS if without_fault else step.retry.wait(claim.tries, error, attempts=attempts)
    if seconds is None:
        _give_up(step, claim, given, error)
        return
    with session_scope() as session:
        Ledger.wait(session, claim, seconds, reason=error.code, detail=error.detail, without_fault=without_fault)
    if seconds > LONGEST_COUNTDOWN:
        raise Ignore
    # Whole seconds, because delayed delivery on quorum queues knows no fractions.
    _send_again(task, math.ceil(seconds))


def _send_again(task: StepTask, seconds: int) -> Never:
    """Have the message sent once more, in so many seconds.

    Raises:
        Retry: it is.
        Ignore: the broker did not take it, so it is left to the reconciler; Celery would make a dead letter of it, and
            that would end the run.
    """
    try:
        raise task.retry(countdown=seconds)
    except Reject:
        raise Ignore from None


def _give_up(step: Step[Any, Any], claim: Claim, given: Any, error: StepError) -> None:
    _log.warning("step gave up", run=str(claim.run_id), step=step.name, slot=claim.slot, reason=error.code)
    transient = isinstance(error, Transient)
    output = step.fallback(given, error)
    if output is not None:
        _record(step, claim, output, transient=transient)
        return
    state = StepState.FAILED if step.essential else StepState.GAP
    ending = Ending(state=state, reason=error.code, detail=error.detail, transient=transient)
    if not step.essential:
        _end(claim, ending)
        return
    with session_scope() as session:
        Ledger.record(session, claim, ending)
        RunService.fail(session, claim.run_id, f"{step.name}: {error.detail}", heal=heal() if transient else None)
    raise error
