"""Cycles of boxes that are all full: each gives a bag to the next, through the hand."""

from collections.abc import Iterator
from heapq import heapify, heappop, heapreplace

from planner.cycles import Turn, turns
from planner.room import Room


def exchange(room: Room, open_boxes: int) -> Iterator[Turn]:
    """Yield steps until no group is left to leave.

    They exist: a home that waits for a bag and has no room holds a bag that has to leave. One of its smallest
    group goes to the first home that waits for its type, and so on until a box is met again; so a walk meets each type
    about once. Groups that designated boxes forbid to turn stay where they are.
    """
    work = _Exchange(room)
    for box in sorted(work.waiting):
        while (group := work.smallest(box)) is not None:
            cycle = work.walk(box)
            steps = cycle and turns(room.board, room.slot, [room.groups[key][-1] for key in cycle], open_boxes)
            if not cycle or not steps:
                group.clear()
                continue
            for key in cycle:
                room.groups[key].pop()
            for step in steps:
                for item, slot in step:
                    room.slot[item] = slot
            work.settle(cycle)
            yield from steps


class _Exchange:
    def __init__(self, room: Room) -> None:
        self.room, self.boxes = room, room.boxes
        self.waiting: dict[int, list[tuple[int, int]]] = {}
        "for each box, a heap of the sizes and keys of its groups"
        for key, group in room.groups.items():
            if group:
                self.waiting.setdefault(key % self.boxes, []).append((len(group), key))
        for heap in self.waiting.values():
            heapify(heap)
        self.homes: dict[int, list[int]] = {}
        for key in sorted(room.open, reverse=True):
            if room.open[key]:
                self.homes.setdefault(key // self.boxes, []).append(key % self.boxes)

    def smallest(self, box: int) -> list[int] | None:
        """Return the smallest group that is to leave a box, and bring it to the top of the box's heap."""
        heap = self.waiting.get(box, [])
        while heap:
            size, key = heap[0]
            group = self.room.groups[key]
            if len(group) == size:
                return group
            if group:
                heapreplace(heap, (len(group), key))
            else:
                heappop(heap)
        return None

    def walk(self, box: int) -> list[int]:
        """Return the keys of the groups of a cycle, each going to the box of the next one; none if the walk ends."""
        path: list[int] = []
        met: dict[int, int] = {}
        while box not in met:
            met[box] = len(path)
            if self.smallest(box) is None:
                return []
            key = self.waiting[box][0][1]
            path.append(key)
            homes = self.homes.get(key // self.boxes)
            if not homes:
                return []
            box = homes[-1]
        return path[met[box] :]

    def settle(self, cycle: list[int]) -> None:
        """Note that a bag of each group of a cycle has come home."""
        for key, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            kind, home = key // self.boxes, after % self.boxes
            self.room.open[kind * self.boxes + home] -= 1
            if not self.room.open[kind * self.boxes + home]:
                self.homes[kind].pop()
