"""Sittings: steps regrouped so that few boxes are open at a time, each still possible when its turn comes."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from planner.layout import Step


class Sitting(NamedTuple):
    """The boxes to open, by number, and the steps to do with them."""

    boxes: tuple[int, ...]
    steps: tuple[Step, ...]


def sittings(steps: Sequence[Step], *, open_boxes: int = 5, moves: int = 25, window: int = 300) -> list[Sitting]:
    """Return the steps in sittings of at most `open_boxes` boxes and about `moves` moves.

    A step waits only for the steps before it that touch its places or bags. A sitting opens the boxes of the first step
    that is possible, and then takes the step that opens the fewest more. Looking at most `window` steps ahead keeps the
    order of gain, roughly. A step that alone touches more boxes gets a sitting of its own.
    """
    waits, frees = _dependencies(steps)
    boxes = [frozenset(place.box for move in step.moves for place in (move.origin, move.target)) for step in steps]
    left = list(range(len(steps)))
    found = []
    while left:
        opened: set[int] = set()
        taken: list[Step] = []
        count = 0
        while count < moves:
            best, fewest = -1, open_boxes + 1
            for at, number in enumerate(left[:window]):
                more = len(boxes[number] - opened)
                if not waits[number] and more < fewest and (len(opened) + more <= open_boxes or not opened):
                    best, fewest = at, more
                    if not more:
                        break
            if best < 0:
                break
            number = left.pop(best)
            opened |= boxes[number]
            taken.append(steps[number])
            count += len(steps[number].moves)
            for after in frees[number]:
                waits[after] -= 1
        if not taken:
            number = left.pop(0)
            opened, taken = set(boxes[number]), [steps[number]]
            for after in frees[number]:
                waits[after] -= 1
        found.append(Sitting(tuple(sorted(opened)), tuple(taken)))
    return found


def _dependencies(steps: Sequence[Step]) -> tuple[list[int], dict[int, list[int]]]:
    """Return for how many steps each step waits, and which steps wait for it."""
    waits = [0] * len(steps)
    frees: dict[int, list[int]] = defaultdict(list)
    last: dict[Hashable, int] = {}
    for number, step in enumerate(steps):
        touched = {at for move in step.moves for at in (move.key, move.origin, move.target)}
        for before in {last[at] for at in touched if at in last}:
            frees[before].append(number)
            waits[number] += 1
        last.update(dict.fromkeys(touched, number))
    return waits, frees
