"""Steps as Celery tasks, and the one registry of steps."""

from typing import Any
from uuid import UUID

from celery import Task, shared_task

from engine.step.execution import execute
from engine.step.step import Step
from engine.worker.routes import assign
from schemas.errors import StepError

STEPS: dict[str, Step[Any, Any]] = {}
"All steps, by name."

_TO_END_SECONDS = 60
"How long a step that has reached its time limit may take to record that."

StepTask = Task[[str, int, int], str]
"A task that takes run id, index and epoch, and says how the step ended."


def as_task(step: Step[Any, Any], *, in_chord: bool = False) -> StepTask:
    """Register a step with Celery.

    Results are kept only for steps in the header of a chord, because the chord counts them.
    """
    STEPS[step.name] = step
    assign(step.name, step.queue)

    # The ledger decides how often a step is tried, so Celery's own limit is off.
    @shared_task(
        name=step.name,
        bind=True,
        ignore_result=not in_chord,
        throws=(StepError,),
        max_retries=None,
        **_limits(step),
    )
    def carry_out(self: StepTask, run_id: str, index: int, epoch: int) -> str:
        return execute(self, step, UUID(run_id), index, epoch)

    task: StepTask = carry_out
    return task


def _limits(step: Step[Any, Any]) -> dict[str, Any]:
    longest = step.longest
    return {"soft_time_limit": longest, "time_limit": longest + _TO_END_SECONDS} if longest else {}
