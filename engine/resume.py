"""Resuming: a run that has ended goes on from one of its steps."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from engine.ledger.dispatch import DispatchService
from engine.ledger.run import RunService
from engine.pipeline import find_pipeline
from engine.step.task import STEPS
from models.pipeline_run import PipelineRun
from models.pipeline_step import PipelineStep
from schemas.errors import InvalidInput, Unprocessable
from schemas.ledger import StepState


def resume(session: Session, run_id: UUID, *, from_step: str | None = None, healing: bool = False) -> PipelineRun:
    """Open an ended run again, from `from_step` or from the first step that failed, was cut off or left a gap.

    Call `engine.dispatch.publish` after the commit.

    Raises:
        NotFound: there is no such run.
        Conflict: it has not ended.
        InvalidInput: it has no such step.
        Unprocessable: nothing is missing and no step was named, or a step before the named one was not done.
    """
    run = RunService.get(session, run_id)
    pipeline = find_pipeline(run.pipeline)
    if run.subject:
        # The subject is always locked before the run.
        pipeline.lock(session, run.subject)
    first = _named(run.steps, from_step) if from_step else _first_open(run.steps)
    DispatchService.reopen(session, run_id, first=first, heals=PipelineRun.heals + 1 if healing else 0)
    pipeline.reopen(session, run_id, {step.name for step in run.steps if step.position >= first})
    session.expire(run)
    return RunService.get(session, run_id)


def _named(steps: Sequence[PipelineStep], name: str) -> int:
    positions = [step.position for step in steps if step.name == name]
    if not positions:
        names = ", ".join(dict.fromkeys(step.name for step in steps))
        raise InvalidInput(f"the run has no step {name}; it has {names}", field="from_step")
    first = min(positions)
    missing = [step.name for step in steps if step.position < first and _lacks(step) and step.state != StepState.GAP]
    if missing:
        raise Unprocessable(f"{missing[0]} comes before {name} and was not done; go on from there", field="from_step")
    return first


def _first_open(steps: Sequence[PipelineStep]) -> int:
    positions = [_starts_again_at(steps, step) for step in steps if _lacks(step)]
    if not positions:
        raise Unprocessable("the run is complete; name the step to go on from", field="from_step")
    return min(positions)


def _lacks(step: PipelineStep) -> bool:
    cut_off = step.state == StepState.SKIPPED and (step.reason or "").startswith("run_")
    return cut_off or step.state in (StepState.FAILED, StepState.GAP)


def _starts_again_at(steps: Sequence[PipelineStep], step: PipelineStep) -> int:
    known = STEPS.get(step.name)
    origin = known.resumes_from if known else None
    return min((each.position for each in steps if each.name == origin), default=step.position)
