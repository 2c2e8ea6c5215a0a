"""The score of a layout, kept up in constant time from move to move."""

from array import array
from collections import Counter
from typing import Final

from planner.board import NONE, Board
from planner.objective import Objective

SAME_BOX: Final = 0.25
"The distance of kin that lie in one box, but not beside each other."


class State:
    """Where each bag of a board lies, and what that costs; less is better.

    `put` is exact and takes constant time. A cycle is put bag by bag: a location may hold two in between.
    """

    def __init__(self, board: Board, slot: array[int], objective: Objective) -> None:
        self.board, self.objective, self.sees_kin = board, objective, bool(objective.kin)
        self.slot = array("l", slot)
        self.at = array("l", [NONE]) * board.slots
        for item, place in enumerate(slot):
            self.at[place] = item
        self.full = _taken(board, slot)
        "for each box, a bit for each location that is taken"
        boxes, box_of = len(board.boxes), board.box_of
        places = zip(board.kind, slot, strict=True)
        self.count = Counter(kind * boxes + box_of[place] for kind, place in places if kind != board.kinds)
        "how many bags of a type are in a box; the key is type * boxes + box"
        self.opened = Counter(
            pick * boxes + box_of[slot[item]] for item, picks in board.picks_of.items() for pick in picks
        )
        "likewise for pick lists"
        self.pairs, self.opens, self.needed = len(self.count), len(self.opened), sum(board.need)
        self.gaps = sum(taken.bit_length() - taken.bit_count() for taken in self.full)
        self.front = sum(uses for uses, place in zip(board.uses, slot, strict=True) if board.behind[box_of[place]])
        self.kin = self.kin_distance() if objective.kin else 0.0

    @property
    def score(self) -> float:
        """The weighted sum of the terms, without the cost of moves."""
        weight = self.objective
        return (
            weight.boxes_per_type * (self.pairs - self.needed)
            + weight.gaps * self.gaps
            + weight.kin * self.kin
            + weight.front * self.front
            + weight.together * self.opens
        )

    def distance(self, one: int, other: int) -> float:
        """Return how far two neighbours in a type's order lie from each other, from 0 to 1."""
        here, there = self.slot[one], self.slot[other]
        if 0 <= there - here <= 1:
            return 0.0
        return SAME_BOX if self.board.box_of[here] == self.board.box_of[there] else 1.0

    def kin_distance(self) -> float:
        """Return the sum of the distances of all neighbours."""
        return sum(self.distance(item, after) for item, after in enumerate(self.board.next) if after != NONE)

    def put(self, item: int, slot: int) -> None:
        """Move a bag to a location."""
        board, full = self.board, self.full
        origin = self.slot[item]
        before, after = board.box_of[origin], board.box_of[slot]
        if self.sees_kin:
            self.kin -= self._around(item)
        if self.at[origin] == item:
            self.at[origin] = NONE
            taken = full[before]
            left = taken ^ (1 << (origin - board.first[before]))
            full[before] = left
            self.gaps += left.bit_length() - taken.bit_length() + 1
        taken = full[after]
        filled = taken | (1 << (slot - board.first[after]))
        if filled != taken:
            full[after] = filled
            self.gaps += filled.bit_length() - taken.bit_length() - 1
        if before != after:
            self._change_box(item, before, after)
        self.at[slot] = item
        self.slot[item] = slot
        if self.sees_kin:
            self.kin += self._around(item)

    def exchange(self, item: int, to: int) -> None:
        """Move a bag to a location, and the bag that lies there, if any, back to where the first one lay."""
        here, other = self.slot[item], self.at[to]
        if other == NONE or self.sees_kin:
            self.put(item, to)
            if other != NONE:
                self.put(other, here)
            return
        self.slot[item], self.slot[other], self.at[to], self.at[here] = to, here, item, other
        before, after = self.board.box_of[here], self.board.box_of[to]
        if before != after:
            self._change_box(item, before, after)
            self._change_box(other, after, before)

    def _change_box(self, item: int, before: int, after: int) -> None:
        board, boxes = self.board, len(self.full)
        kind = board.kind[item]
        if kind != board.kinds:
            self.pairs += _carry(self.count, kind * boxes + before, kind * boxes + after)
        self.front += board.uses[item] * (board.behind[after] - board.behind[before])
        for pick in board.picks_of.get(item, ()):
            self.opens += _carry(self.opened, pick * boxes + before, pick * boxes + after)

    def _around(self, item: int) -> float:
        before, after = self.board.previous[item], self.board.next[item]
        total = self.distance(before, item) if before != NONE else 0.0
        return total + self.distance(item, after) if after != NONE else total


def _carry(count: dict[int, int], source: int, target: int) -> int:
    """Count one from source to target, and return how many more of them have any."""
    left = count[source] = count[source] - 1
    there = count[target] = count.get(target, 0) + 1
    return (there == 1) - (left == 0)


def _taken(board: Board, slot: array[int]) -> list[int]:
    full = [0] * len(board.boxes)
    box_of, first = board.box_of, board.first
    for places in (board.reserved, slot):
        for place in places:
            box = box_of[place]
            full[box] |= 1 << (place - first[box])
    return full
