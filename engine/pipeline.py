"""Pipelines as values, and the one registry of them."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from celery.canvas import Signature
from sqlalchemy.orm import Session

from engine.step.description import StepDescription
from engine.step.task import StepTask
from models.pipeline_run import PipelineRun
from schemas.base import Dto
from schemas.errors import NotFound


class RunSteps:
    """The signatures of one run's steps, which a canvas puts in order.

    A run that exists keeps as many parts of a chord as it has rows, whatever the settings say by now: `counts` has
    them by step name. Without `counts` the run is new. `pipeline` and `subject` are for those who watch.
    """

    def __init__(
        self,
        run_id: str = "",
        epoch: int = 0,
        counts: Mapping[str, int] | None = None,
        *,
        pipeline: str = "",
        subject: str | None = None,
    ) -> None:
        self._run_id, self._epoch, self._counts = run_id, epoch, counts
        self._pipeline, self._subject = pipeline, subject or ""

    def one(self, task: StepTask) -> Signature[Any]:
        """Return the signature of a step that the run has once."""
        return self._signature(task, 0)

    def each(self, task: StepTask, count: int) -> list[Signature[Any]]:
        """Return the signatures of a step that a new run has `count` times, as the header of a chord."""
        there = count if self._counts is None else self._counts.get(str(task.name), 0)
        return [self._signature(task, index) for index in range(there)]

    def _signature(self, task: StepTask, index: int) -> Signature[Any]:
        described = StepDescription(self._pipeline, self._subject, self._run_id, index, self._epoch)
        signature = task.si(self._run_id, index, self._epoch)
        signature.options["argsrepr"] = str(described)
        return signature


Canvas = Callable[[RunSteps], Signature[Any]]


def _nothing(*_: object) -> None:
    """Do nothing; the default of the hooks."""


@dataclass(frozen=True, kw_only=True)
class Pipeline[Request: Dto]:
    """What a run goes through, and what starting and resuming it takes.

    Its name is stored in runs, so renaming a pipeline needs a migration.
    """

    name: str
    canvas: Canvas
    summary: str = ""
    "a sentence about what starts it, for the documentation of the API"
    takes: type[Request] | None = None
    "the JSON body that starts a run over HTTP; None when something else starts its runs"
    start: Callable[[Session, Request], PipelineRun] | None = None
    "inserts the run for such a body; None inserts a run with the body as its input, and no subject"
    lock: Callable[[Session, str], object] = _nothing
    "locks the subject of a run; always before the run itself"
    reopen: Callable[[Session, UUID, AbstractSet[str]], None] = _nothing
    "undoes what the named steps of a run left undecided, because they are carried out again"
    outdates: frozenset[str] = frozenset()
    "the other pipelines whose earlier runs of the same subject need no healing once a run of this one has begun"


_registry: Final[dict[str, Pipeline[Any]]] = {}

PIPELINES: Final[Mapping[str, Pipeline[Any]]] = MappingProxyType(_registry)
"All pipelines, by name."


def register(*pipelines: Pipeline[Any]) -> None:
    """Add pipelines to the registry."""
    _registry.update({pipeline.name: pipeline for pipeline in pipelines})


def outdated() -> list[tuple[str, str]]:
    """Return which runs make which earlier ones of their subject outdated: pairs of pipelines, the newer run's first.

    A run of the same pipeline always does; its pair is left out.
    """
    return [(pipeline.name, earlier) for pipeline in PIPELINES.values() for earlier in sorted(pipeline.outdates)]


def find_pipeline(name: str) -> Pipeline[Any]:
    """Return a pipeline by its name.

    Raises:
        NotFound: the registry does not have it, for example because only newer code does.
    """
    if name not in PIPELINES:
        raise NotFound("pipeline", name)
    return PIPELINES[name]
