"""What a canvas consists of, and what is left of it when some of its steps are done."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from celery import chain, chord
from celery.canvas import Signature

from engine.pipeline import Pipeline, RunSteps, find_pipeline
from models.pipeline_run import PipelineRun
from schemas.ledger import DONE

StepKey = tuple[str, int]
"Name and index of a step."


def steps_of(pipeline: Pipeline[Any]) -> list[StepKey]:
    """Return the steps of a new run, in order."""
    return [key(leaf) for leaf in leaves(pipeline.canvas(RunSteps()))]


def whole(run: PipelineRun) -> Signature[Any]:
    """Return the canvas of a run that exists, with all its steps.

    Raises:
        NotFound: this code does not have its pipeline.
    """
    counts = Counter(step.name for step in run.steps)
    steps = RunSteps(str(run.id), run.epoch, counts, pipeline=run.pipeline, subject=run.subject)
    return find_pipeline(run.pipeline).canvas(steps)


def remaining(run: PipelineRun) -> Signature[Any]:
    """Return what is left of a run, as its own rows have it, whatever the code and the settings are by now."""
    canvas = whole(run)
    open_steps = {(step.name, step.index) for step in run.steps if step.state not in DONE}
    return without(canvas, {key(leaf) for leaf in leaves(canvas)} - open_steps)


def key(leaf: Signature[Any]) -> StepKey:
    """Return which step a leaf carries out."""
    _run_id, index, _epoch = leaf.args
    return str(leaf.task), index


def leaves(canvas: Signature[Any]) -> Iterator[Signature[Any]]:
    """Yield the steps of a canvas, in order."""
    children = [*getattr(canvas, "tasks", ()), getattr(canvas, "body", None)]
    children = [child for child in children if child is not None]
    if not children:
        yield canvas
    for child in children:
        yield from leaves(child)


def without(canvas: Signature[Any], done: AbstractSet[StepKey]) -> Signature[Any]:
    """Return a canvas less the steps that are done; a chord whose header is done is its body."""
    return chain(*_left(canvas, done))


def _left(canvas: Signature[Any], done: AbstractSet[StepKey]) -> list[Signature[Any]]:
    if isinstance(canvas, chord):
        # Celery hangs what follows a chord in a chain onto the chord's body.
        body = _left(canvas.body, done)
        header = [part for part in canvas.tasks if key(part) not in done]
        return [chord(header, chain(*body))] if header else body
    links: list[Signature[Any]] | None = getattr(canvas, "tasks", None)
    if links is None:
        return [] if key(canvas) in done else [canvas]
    return [left for link in links for left in _left(link, done)]
