"""The step base: claim, work, record."""

import math
import os
import random
import socket
from abc import ABC, abstractmethod
from typing import Any, ClassVar
from uuid import UUID

import structlog
from celery import Task, shared_task
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from models.session import session_scope
from schemas.base import Dto
from schemas.errors import Permanent, StepError, Transient
from schemas.run import Gap, StepState
from services.ledger import Claim, Fenced, Ledger
from services.run import RunService
from settings import get_settings
from tasks.heartbeat import heartbeat
from tasks.queues import Queue, assign

LONGEST_COUNTDOWN = 60
"Seconds; a longer wait is left to the ledger and the reconciler, not to the broker."

LONGEST_WAIT = 600
"Seconds; a step gives up rather than wait longer for another side."

_log = structlog.get_logger()


class NotNeeded(Exception):
    """There is nothing for this step to do in this run; the message says why."""


class Step[Given, Output: Dto](ABC):
    """One step of a pipeline: `load` in a transaction, `work` in none, `record` in the one that ends the step.

    Any of the three may be carried out twice; only one `record` is ever committed.
    """

    name: ClassVar[str]
    queue: ClassVar[Queue]
    essential: ClassVar[bool] = False
    "whether giving up fails the run; otherwise it leaves a gap"
    attempts: ClassVar[int | None] = None
    "before it gives up; None is the setting's"
    output: type[Output]

    @abstractmethod
    def load(self, session: Session, claim: Claim) -> Given:
        """Gather what the work needs.

        Raises:
            NotNeeded: there is nothing to do; the step is skipped.
        """

    @abstractmethod
    def work(self, given: Given) -> Output:
        """Do it, with no transaction open.

        Raises:
            Transient: it may work later.
            Permanent: it will not.
        """

    def record(self, session: Session, claim: Claim, output: Output) -> Gap | None:
        """Write what the output means for the inventory, in the transaction that ends the step.

        Returns what it leaves open, if anything.
        """
        return None

    def fallback(self, given: Given | None, error: StepError) -> Output | None:
        """Return what to put out when the step gives up, or None to leave a gap; `given` is what was loaded, if any."""
        return None

    def recorded(self, session: Session, run_id: UUID) -> Output:
        """Return what this step put out earlier in a run.

        Raises:
            NotNeeded: it put out nothing, so that there is nothing to go on from.
        """
        output = Ledger.output(session, run_id, self.name)
        if output is None:
            raise NotNeeded(f"{self.name} has no result")
        return self.output.model_validate(output)


def as_task(step: Step[Any, Any], *, in_chord: bool = False) -> Task[[str, int, int], None]:
    """Register a step with Celery; a chord counts its header by results, so only there they are kept."""
    assign(step.name, step.queue)

    # How often is for the ledger to say, so Celery's own limit is off.
    @shared_task(name=step.name, bind=True, ignore_result=not in_chord, throws=(StepError,), max_retries=None)
    def carry_out(self: Task[[str, int, int], None], run_id: str, slot: int, epoch: int) -> None:
        _carry_out(self, step, UUID(run_id), slot, epoch)

    return carry_out


def _carry_out(task: Task[[str, int, int], None], step: Step[Any, Any], run_id: UUID, slot: int, epoch: int) -> None:
    claim = _claim(step, run_id, slot, epoch)
    if claim is None:
        return
    try:
        _work(task, step, claim)
    except Fenced:
        _log.info("step was taken over", run=run_id, step=step.name, slot=slot)
        raise Ignore from None


def _work(task: Task[[str, int, int], None], step: Step[Any, Any], claim: Claim) -> None:
    """Carry out a claimed step, and settle whatever comes of it."""
    given = None
    try:
        with heartbeat(claim, get_settings().pipeline.lease_seconds):
            with session_scope() as session:
                given = step.load(session, claim)
            output = step.work(given)
        _record(step, claim, output)
    except NotNeeded as reason:
        _end(claim, StepState.SKIPPED, reason="not_needed", detail=str(reason))
    except (Transient, SoftTimeLimitExceeded) as error:
        _try_later(task, step, claim, given, error)
    except Permanent as error:
        _give_up(step, claim, given, error)
    except (OperationalError, InterfaceError, Fenced):
        raise  # Without the ledger nothing can be settled: the lease ends, and the reconciler sends the run again.
    except Exception as error:  # noqa: BLE001 - a bug in one step must end in that run's ledger, not in a lost run
        _log.exception("step broke", run=str(claim.run_id), step=step.name, slot=claim.slot)
        _give_up(step, claim, given, Permanent("internal_error", f"{type(error).__name__}: {error}"[:500]))


def _claim(step: Step[Any, Any], run_id: UUID, slot: int, epoch: int) -> Claim | None:
    """Take the step; None when it is done already, so that the canvas goes on to the next.

    Raises:
        Ignore: the step is somebody else's or the message is stale: this canvas ends here.
        Permanent: it has taken its worker down too often.
    """
    pipeline = get_settings().pipeline
    worker = f"{socket.gethostname()}:{os.getpid()}"
    with session_scope() as session:
        claim = Ledger.claim(
            session,
            run_id,
            step.name,
            slot,
            epoch=epoch,
            lease=pipeline.lease_seconds,
            worker=worker,
        )
        if claim is None and not Ledger.is_done(session, run_id, step.name, slot):
            RunService.settle_cancelled(session, run_id)
            raise Ignore
    if claim and claim.attempt > pipeline.max_attempts:
        _give_up(step, claim, None, Permanent("worker_lost", f"its worker died {claim.attempt - 1} times"))
        return None
    return claim


def _record(step: Step[Any, Any], claim: Claim, output: Dto) -> None:
    with session_scope() as session:
        gap = step.record(session, claim, output)
        # Last, so that the run's row is locked for a moment only; being fenced off undoes all of it.
        Ledger.record(
            session,
            claim,
            StepState.GAP if gap else StepState.SUCCEEDED,
            output=output.model_dump(mode="json"),
            reason=gap.reason if gap else None,
            detail=gap.detail if gap else None,
        )


def _end(claim: Claim, state: StepState, *, reason: str, detail: str) -> None:
    with session_scope() as session:
        Ledger.record(session, claim, state, reason=reason, detail=detail)


def _try_later(
    task: Task[[str, int, int], None],
    step: Step[Any, Any],
    claim: Claim,
    given: Any,
    error: Transient | SoftTimeLimitExceeded,
) -> None:
    if isinstance(error, SoftTimeLimitExceeded):
        error = Transient("timeout", "the step took too long")
    seconds = _delay(claim.attempt, error.retry_after)
    if claim.attempt >= (step.attempts or get_settings().pipeline.max_attempts) or seconds > LONGEST_WAIT:
        _give_up(step, claim, given, error)
        return
    with session_scope() as session:
        Ledger.wait(session, claim, seconds, reason=error.code, detail=error.detail)
    if seconds > LONGEST_COUNTDOWN:
        raise Ignore
    # Whole seconds, because delayed delivery on quorum queues knows no fractions.
    raise task.retry(countdown=math.ceil(seconds))


def _delay(attempt: int, retry_after: float | None) -> float:
    """Return seconds to wait: doubling and jittered, and never less than the other side asked for."""
    return max(random.uniform(0.5, 1) * float(2**attempt), retry_after or 0.0)  # noqa: S311 - jitter is no secret


def _give_up(step: Step[Any, Any], claim: Claim, given: Any, error: StepError) -> None:
    _log.warning("step gave up", run=str(claim.run_id), step=step.name, slot=claim.slot, reason=error.code)
    output = step.fallback(given, error)
    if output is not None:
        _record(step, claim, output)
        return
    if not step.essential:
        _end(claim, StepState.GAP, reason=error.code, detail=error.detail)
        return
    with session_scope() as session:
        Ledger.record(session, claim, StepState.FAILED, reason=error.code, detail=error.detail)
        RunService.fail(session, claim.run_id, f"{step.name}: {error.detail}")
    raise error
