"""How a step is executed: claim, work, record."""

from typing import Any
from uuid import UUID

import structlog
from celery import Task
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from sqlalchemy.exc import InterfaceError, OperationalError

from engine.faults import FaultPoint, reach
from engine.ledger.ledger import Claim, Ending, Fenced, Ledger, Refusal
from engine.ledger.run import RunService
from engine.step.heartbeat import heartbeat
from engine.step.settlement import end, give_up, record, send_again, try_later
from engine.step.step import NotNeeded, Step
from engine.worker.handback import worker_name
from models.locks import is_locked
from models.session import session_scope, statement_scope
from observability.logs import context
from observability.traces import span
from schemas.errors import Locked, Permanent, Transient, disk_error
from schemas.ledger import StepState
from settings import get_settings

_NEWER_SECONDS = 5
_DATABASE_SECONDS = 3

_log = structlog.get_logger()


def execute(task: Task[..., str], step: Step[Any, Any], run_id: UUID, index: int, epoch: int) -> str:
    """Execute the step that a message is about, unless its row says that there is nothing to do; say how it ended."""
    with context(run=run_id, step=step.name, index=index):
        claim = _claim(task, step, run_id, index, epoch)
        if claim is None:
            return "there was nothing to do"
        with context(part=claim.subject, request=claim.request_id):
            where: dict[str, str | int] = {"run": str(run_id), "index": index, "attempt": claim.attempt}
            with span(step.name, "consumer", parent=claim.traceparent, **where):
                return str(_carry_out(task, step, claim))


def _carry_out(task: Task[..., str], step: Step[Any, Any], claim: Claim) -> Ending:
    if claim.tries > get_settings().engine.max_attempts:
        return give_up(step, claim, None, Permanent("worker_lost", f"its worker died {claim.tries - 1} times"))
    try:
        return _work(task, step, claim)
    except Fenced:
        _log.info("step was taken over")
        raise Ignore from None


def _claim(task: Task[..., str], step: Step[Any, Any], run_id: UUID, index: int, epoch: int) -> Claim | None:
    """Take the step; None when it is done already, so that the canvas goes on to the next.

    Raises:
        Ignore: another worker has the step, or the message is stale: this canvas ends here.
        Retry: the database is away, or newer code has touched the run: the message is left for later, or for a newer
            worker.
    """
    lease = get_settings().engine.lease_seconds
    reach(FaultPoint.BEFORE_CLAIM)
    try:
        with statement_scope() as connection:
            claim = Ledger.claim(connection, run_id, step.name, index, epoch=epoch, lease=lease, worker=worker_name())
    except (OperationalError, InterfaceError):
        send_again(task, _DATABASE_SECONDS)
    reach(FaultPoint.AFTER_CLAIM)
    if claim is None:
        _refused(task, step, run_id, index, epoch)
    return claim


def _refused(task: Task[..., str], step: Step[Any, Any], run_id: UUID, index: int, epoch: int) -> None:
    with session_scope() as session:
        refusal = Ledger.explain_refusal(session, run_id, step.name, index, epoch=epoch)
        if refusal == Refusal.TAKEN:
            RunService.settle_cancelled(session, run_id)
    if refusal == Refusal.TAKEN:
        raise Ignore
    if refusal == Refusal.NEWER:
        send_again(task, _NEWER_SECONDS)


def _work(task: Task[..., str], step: Step[Any, Any], claim: Claim) -> Ending:
    """Carry out a claimed step, settle whatever comes of it, and return how the step ended."""
    given = None
    try:
        with heartbeat(claim, get_settings().engine.lease_seconds):
            with session_scope() as session:
                given = step.load(session, claim)
            reach(FaultPoint.BEFORE_EFFECT)
            output = step.work(given)
            reach(FaultPoint.AFTER_EFFECT)
            # Also while it is recorded, which may have to wait for others.
            return record(step, claim, output)
    except NotNeeded as reason:
        return end(claim, Ending(state=StepState.SKIPPED, reason="not_needed", detail=str(reason)))
    except SoftTimeLimitExceeded:
        return try_later(task, step, claim, given, Transient("timeout", "the step took too long"))
    except Transient as error:
        return try_later(task, step, claim, given, error)
    except Permanent as error:
        return give_up(step, claim, given, error)
    except (OperationalError, InterfaceError, Fenced) as error:
        if is_locked(error):
            return try_later(task, step, claim, given, Locked(claim.postponed))
        raise  # Without the ledger nothing can be settled: the lease ends, and the reconciler sends the run again.
    except OSError as error:
        if full := disk_error(error):
            return try_later(task, step, claim, given, full)
        return _broke(step, claim, given, error)
    except Exception as error:  # noqa: BLE001 - a bug in one step must end in that run's ledger, not in a lost run
        return _broke(step, claim, given, error)


def _broke(step: Step[Any, Any], claim: Claim, given: Any, error: Exception) -> Ending:
    _log.exception("step broke")
    return give_up(step, claim, given, Permanent("internal_error", f"{type(error).__name__}: {error}"[:500]))
