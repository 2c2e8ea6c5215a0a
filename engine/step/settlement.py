"""How a step ends: its output is recorded, it is tried again later, or it gives up."""

import math
from dataclasses import replace
from typing import Any, Never

import structlog
from celery import Task
from celery.exceptions import Ignore, Reject

from engine.faults import FaultPoint, reach
from engine.ledger.ledger import Claim, Ending, Ledger
from engine.ledger.run import Heal, RunService
from engine.step.outcome import note
from engine.step.retry import LONGEST_COUNTDOWN
from engine.step.step import Step
from models.session import session_scope, statement_scope
from schemas.base import Dto
from schemas.errors import Busy, StepError, Transient
from schemas.ledger import StepState
from settings import get_settings

_BUSY_SECONDS = 2.0

_log = structlog.get_logger()


def heal() -> Heal:
    """Return how runs that lack something are tried again."""
    engine = get_settings().engine
    return Heal(engine.heal_seconds, engine.heal_times)


def record(step: Step[Any, Any], claim: Claim, output: Dto, *, transient: bool = False) -> Ending:
    """End a step, in one transaction with the domain rows that its output means, if it means any."""
    ended = Ending(state=StepState.SUCCEEDED, output=output.model_dump(mode="json"))
    if type(step).record is Step.record:
        return end(claim, ended)
    with session_scope() as session:
        gap = step.record(session, claim, output)
        if gap:
            may_heal = gap.transient or transient
            ended = replace(ended, state=StepState.GAP, reason=gap.reason, detail=gap.detail, transient=may_heal)
        # Last, so that the run's row is locked for a moment only; being fenced off undoes all of it.
        Ledger.record(session, claim, ended)
        reach(FaultPoint.BEFORE_RECORD_COMMIT)
    reach(FaultPoint.AFTER_RECORD_COMMIT)
    note(claim, ended.state, ended.reason)
    return ended


def end(claim: Claim, ending: Ending) -> Ending:
    """End a step that has no domain rows to write."""
    reach(FaultPoint.BEFORE_RECORD_COMMIT)
    with statement_scope() as connection:
        Ledger.record(connection, claim, ending)
    reach(FaultPoint.AFTER_RECORD_COMMIT)
    note(claim, ending.state, ending.reason)
    return ending


def try_later(task: Task[..., str], step: Step[Any, Any], claim: Claim, given: Any, error: Transient) -> Ending:
    """Give the step back until later, or give it up when it was tried often enough."""
    without_fault = isinstance(error, Busy)
    seconds = _seconds(step, claim, error)
    if seconds is None:
        return give_up(step, claim, given, error)
    with session_scope() as session:
        Ledger.wait(session, claim, seconds, reason=error.code, detail=error.detail, without_fault=without_fault)
    note(claim, StepState.WAITING, error.code)
    if seconds > LONGEST_COUNTDOWN:
        raise Ignore
    # Whole seconds, because delayed delivery on quorum queues knows no fractions.
    return send_again(task, math.ceil(seconds))


def _seconds(step: Step[Any, Any], claim: Claim, error: Transient) -> float | None:
    if isinstance(error, Busy):
        return error.retry_after or _BUSY_SECONDS
    return step.retry.wait(claim.tries, error, attempts=get_settings().engine.max_attempts)


def send_again(task: Task[..., str], seconds: int) -> Never:
    """Send the message again after a number of seconds.

    Raises:
        Retry: the message is sent.
        Ignore: the broker did not take it, so it is left to the reconciler; Celery would make a dead letter of it, and
            that would end the run.
    """
    try:
        raise task.retry(countdown=seconds)
    except Reject:
        raise Ignore from None


def give_up(step: Step[Any, Any], claim: Claim, given: Any, error: StepError) -> Ending:
    """End a step that cannot do its work: with its fallback, else with a gap, else by failing the run."""
    _log.warning("step gave up", reason=error.code, detail=error.detail)
    transient = isinstance(error, Transient)
    output = step.fallback(given, error)
    if output is not None:
        return record(step, claim, output, transient=transient)
    state = StepState.FAILED if step.essential else StepState.GAP
    ending = Ending(state=state, reason=error.code, detail=error.detail, transient=transient)
    if not step.essential:
        return end(claim, ending)
    with session_scope() as session:
        Ledger.record(session, claim, ending)
        RunService.fail(session, claim.run_id, f"{step.name}: {error.detail}", heal=heal() if transient else None)
    note(claim, state, error.code)
    raise error
