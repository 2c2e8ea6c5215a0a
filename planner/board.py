"""A layout in whole numbers: bags, types, boxes and locations are indexes into arrays."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from planner.layout import BadLayout, Bag, Layout, Place

NONE: Final = -1
FRONT_SHARE: Final = 10
"One box in so many is a front box."


class Board:
    """The unchanging side of a layout. Locations count on from box to box in the order of the boxes' numbers."""

    def __init__(self, layout: Layout) -> None:
        self.boxes = sorted(layout.boxes)
        self.bags = layout.bags
        self.numbers = {box.number: index for index, box in enumerate(self.boxes)}
        if len(self.numbers) != len(self.boxes):
            raise BadLayout("two boxes have the same number")
        self.first = array("l", [0])
        self.box_of = array("l")
        for index, box in enumerate(self.boxes):
            if box.capacity < 1:
                raise BadLayout(f"box {box.number} has the capacity {box.capacity}; expected at least 1")
            self.first.append(self.first[-1] + box.capacity)
            self.box_of.extend([index] * box.capacity)
        self.size, self.slots = len(self.bags), len(self.box_of)
        self.start = array("l", [self.slot(bag.place) for bag in self.bags])
        self._number_kinds()
        self._close(layout.reserved)
        self._line_up_kin()
        self._weigh_uses()
        self._read_picks(layout.picks)

    def slot(self, place: Place) -> int:
        """Return the index of a place; raises `BadLayout` if its box does not have it."""
        box = self.numbers.get(place.box)
        if box is None or not 1 <= place.loc <= self.boxes[box].capacity:
            raise BadLayout(f"place {place.box}-{place.loc} does not exist")
        return self.first[box] + place.loc - 1

    def place(self, slot: int) -> Place:
        """Return the place with this index."""
        box = self.box_of[slot]
        return Place(self.boxes[box].number, slot - self.first[box] + 1)

    def may_enter(self, kind: int, box: int) -> bool:
        """Return whether a bag of this type may be put into this box."""
        only = self.only.get(box)
        return not self.kept[box] and (only is None or kind in only)

    def _number_kinds(self) -> None:
        kinds = sorted({bag.kind for bag in self.bags if bag.kind is not None})
        index = {kind: number for number, kind in enumerate(kinds)}
        self.kinds = len(kinds)
        "the type of bags without one, too: types count from 0, and those without one have this number"
        self.kind = array("l", [self.kinds if bag.kind is None else index[bag.kind] for bag in self.bags])
        self.kept = bytearray(box.kept for box in self.boxes)
        self.only = {
            number: frozenset(index[kind] for kind in box.kinds if kind in index)
            for number, box in enumerate(self.boxes)
            if box.kinds
        }

    def _close(self, reserved: Iterable[Place]) -> None:
        """Find what stays: `closed` locations, and `stuck` bags."""
        self.closed = bytearray(self.slots)
        self.reserved = sorted(self.slot(place) for place in reserved if place.box in self.numbers)
        for slot in self.reserved:
            self.closed[slot] = 1
        for box, kept in enumerate(self.kept):
            if kept:
                self.closed[self.first[box] : self.first[box + 1]] = b"\1" * self.boxes[box].capacity
        seen = bytearray(self.slots)
        for bag, slot in zip(self.bags, self.start, strict=True):
            if bag.pinned or seen[slot]:
                self.closed[slot] = 1
            seen[slot] = 1
        self.stuck = bytearray(self.closed[slot] for slot in self.start)

    def _line_up_kin(self) -> None:
        """Link each bag to its neighbours in its type's order; bags of one part are beside each other, too."""
        self.kin: list[list[int]] = [[] for _ in range(self.kinds)]
        for item, kind in enumerate(self.kind):
            if kind < self.kinds:
                self.kin[kind].append(item)
        self.next, self.previous = array("l", [NONE]) * self.size, array("l", [NONE]) * self.size
        order = [(bag.rank, bag.part, bag.key) for bag in self.bags]
        for items in self.kin:
            items.sort(key=order.__getitem__)
            for one, other in pairwise(items):
                self.next[one], self.previous[other] = other, one
        capacities = sorted((box.capacity for box in self.boxes), reverse=True)
        self.need = [_boxes_for(len(items), capacities) for items in self.kin]
        "how few boxes could hold each type"

    def _weigh_uses(self) -> None:
        total = sum(bag.uses for bag in self.bags)
        scale = self.size / total if total > 0 else 0.0
        self.uses = array("d", [bag.uses * scale for bag in self.bags])
        "uses over the average uses of a bag"
        open_boxes = [box for box, kept in enumerate(self.kept) if not kept]
        front = open_boxes[: -(-len(open_boxes) // FRONT_SHARE)]
        self.behind = bytearray(b"\1") * len(self.boxes)
        "1 for each box that is not a front box"
        for box in front:
            self.behind[box] = 0

    def _read_picks(self, picks: Iterable[Iterable[str]]) -> None:
        """Note the pick lists of each bag; of a part with several bags, the one with the lowest key counts."""
        self.picks_of: dict[int, list[int]] = {}
        self.picks = 0
        lists = [sorted(set(parts)) for parts in picks]
        if not lists:
            return
        asked = {part for parts in lists for part in parts}
        found: dict[str, int] = {}
        for item, bag in enumerate(self.bags):
            if bag.part in asked and (bag.part not in found or bag.key < self.bags[found[bag.part]].key):
                found[bag.part] = item
        of_item = defaultdict(list)
        for parts in lists:
            items = [found[part] for part in parts if part in found]
            for item in items:
                of_item[item].append(self.picks)
            self.picks += bool(items)
        self.picks_of = dict(of_item)


def check_keys(bags: Iterable[Bag]) -> None:
    """Raise `BadLayout` if two bags have the same key."""
    twice = [key for key, count in Counter(bag.key for bag in bags).items() if count > 1]
    if twice:
        raise BadLayout(f"two bags have the key {twice[0]}")


def _boxes_for(count: int, capacities: list[int]) -> int:
    boxes = 0
    while count > 0:
        count -= capacities[min(boxes, len(capacities) - 1)]
        boxes += 1
    return boxes
