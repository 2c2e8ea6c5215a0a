"""What the canvases share: their type, their leaves, and what is left of one."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from celery import chain, chord
from celery.canvas import Signature

StepKey = tuple[str, int]
"Name and slot of a step."

Canvas = Callable[[str, int, int], Signature[Any]]
"A function of run id, epoch and number of datasheet candidates that returns the canvas of a run."


def key(leaf: Signature[Any]) -> StepKey:
    """Return which step a leaf carries out."""
    _run_id, slot, _epoch = leaf.args
    return str(leaf.task), slot


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
