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
    """Return a chain less the steps that are done; a chord whose header is done is its body."""
    return chain(*(left for link in canvas.tasks for left in _left_of(link, done)))


def _left_of(link: Signature[Any], done: AbstractSet[StepKey]) -> list[Signature[Any]]:
    if not isinstance(link, chord):
        return [] if key(link) in done else [link]
    if key(link.body) in done:
        return []
    header = [part for part in link.tasks if key(part) not in done]
    return [chord(header, link.body)] if header else [link.body]
