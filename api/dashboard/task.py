"""A task as it is shown: with the run, the part and the step that it is about, and what the ledger says of its end."""

from ast import literal_eval
from typing import Any, Final

from celery.events.state import Task
from celery.states import FAILURE, SUCCESS

from engine.step.description import StepDescription, parse_description
from schemas.ledger import StepState

COLUMNS: Final = {"pipeline": "Pipeline", "part": "Part", "run": "Run", "outcome": "Outcome"}
"What Flower does not have, and its heading."
_SHOWN: Final = {StepState.GAP: "GAP", StepState.SKIPPED: "SKIPPED", StepState.FAILED: FAILURE}
"A task that went well for Celery, but whose step did not."


class ShownTask:
    """A task of Flower's with more to show; what it does not have itself is the task's."""

    def __init__(self, task: Any) -> None:
        self._task = task
        self._step = step_of(task)
        self.outcome = _outcome(task)
        self.pipeline = self._step.pipeline if self._step else None
        self.part = self._step.subject if self._step else None
        self.run = self._step.run if self._step else None
        self.state = _state(task, self.outcome)
        self._fields = (*task._fields, *COLUMNS)

    def __getattr__(self, name: str) -> Any:
        """Return what the task has."""
        return getattr(self._task, name)

    def as_dict(self) -> dict[str, Any]:
        """Return a row of Flower's table."""
        mine = {name: getattr(self, name) for name in (*COLUMNS, "state")}
        return {**self._task.as_dict(), **mine}


def shown(task: Task) -> ShownTask:
    """Return what is shown of a task."""
    return ShownTask(task)


def step_of(task: Task) -> StepDescription | None:
    """Return which step of which run a task is about, or None if it is about none."""
    return parse_description(str(task.args or ""))


def _outcome(task: Task) -> str | None:
    """Return what the step's row says of its end; of one that failed, the error."""
    if task.state == FAILURE:
        return str(task.exception or "failed")
    try:
        said = literal_eval(str(task.result))
    except (ValueError, SyntaxError):
        return None
    return said if isinstance(said, str) else None


def _state(task: Task, outcome: str | None) -> str:
    said = (outcome or "").partition(":")[0]
    if task.state == SUCCESS and said in _SHOWN:
        return _SHOWN[StepState(said)]
    return str(task.state)
