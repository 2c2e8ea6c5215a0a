"""Cycles through the hand, cut so that a person can hold them."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from planner.board import Board

HAND: Final = 8
"At most so many bags are in the hand at once."

type Turn = list[tuple[int, int]]
"Bags and the locations that they go to, at once."


def turns(board: Board, slot: array[int], cycle: Sequence[int], open_boxes: int) -> list[Turn] | None:
    """Return steps that give each bag of a cycle the location of the next one, and the last one that of the first.

    A cycle of k bags that is too long is cut into turns of at most `HAND` bags in at most `open_boxes` boxes. In each
    turn but the last one, one bag waits in the location of the first bag, and so it is moved once more.
    `None` if no box of the cycle may be entered by all bags that would have to wait in it.
    """
    for start in range(len(cycle)):
        found = list(_cut(board, slot, [*cycle[start:], *cycle[:start]], open_boxes))
        base = board.box_of[slot[cycle[start]]]
        if all(board.may_enter(board.kind[turn[-1][0]], base) for turn in found):
            return found
        if start == HAND:
            break
    return None


def _cut(board: Board, slot: array[int], cycle: Sequence[int], open_boxes: int) -> Iterator[Turn]:
    base = slot[cycle[0]]
    held = [cycle[0]]
    boxes = {board.box_of[base]}
    for item in cycle[1:]:
        box = board.box_of[slot[item]]
        if len(held) == HAND or len(boxes | {box}) > open_boxes:
            yield _turn(slot, held, base)
            held = held[-1:]
            boxes = {board.box_of[base]}
        held.append(item)
        boxes.add(box)
    yield _turn(slot, held, base)


def _turn(slot: array[int], held: Sequence[int], base: int) -> Turn:
    """Give each bag that is held the location of the next one, and the last one the base."""
    return [*((item, slot[after]) for item, after in pairwise(held)), (held[-1], base)]
