"""An order of moves to boxes: the smallest group of a type in a foreign box first, into any free location at home.

What lies in a box that is not its home, or is more than its share there, has to leave: a group for each type and box. A
group that leaves as a whole earns a box, so small groups earn most per move. Each move looks at the few types of two
boxes and at heaps: O(n log n).
"""

from heapq import heapify, heappop, heappush
from typing import Final

from planner.board import Board
from planner.cycles import Turn
from planner.exchange import exchange
from planner.room import Room, Shares

_SCALE: Final = 64
"Ranks per bag of a group: finer than a bag, for the price of a box."
_LAST: Final = _SCALE << 20
"Added to the rank of a group that earns nothing when it leaves."


def flow_order(board: Board, shares: Shares, open_boxes: int, guests: int) -> list[Turn]:
    """Return steps after which each box holds its shares.

    A group that has no room at home may be a guest where another group of its type waits, in a box that will be home to
    nothing: that earns as much, but its bags are moved once more later. At most `guests` bags may.
    """
    return _Flow(board, shares, open_boxes, guests).run()


class _Flow:
    def __init__(self, board: Board, shares: Shares, open_boxes: int, guests: int) -> None:
        self.board, self.shares, self.boxes, self.open_boxes = board, shares, len(board.boxes), open_boxes
        self.room = Room(board, shares)
        self.groups = self.room.groups
        self.left = sum(map(len, self.groups.values()))
        self.guests = guests
        self.width = (board.kinds + 1) * self.boxes
        self.price = self._prices()
        self.steps: list[Turn] = []
        self.heap = [self._rank(key) for key in self.groups]
        heapify(self.heap)
        self.wait: list[list[int]] = [[] for _ in range(board.kinds + 1)]
        "for each type, a heap of the groups that found no room at home"
        self.awake = bytearray(board.kinds + 1)
        self.hosts: dict[int, list[int]] = {}

    def run(self) -> list[Turn]:
        while self.left and (self.heap or self._make_way()):
            if self.heap:
                self._next(heappop(self.heap))
        if self.left:
            self.steps += exchange(self.room, self.open_boxes)
        return self.steps

    def _prices(self) -> list[int]:
        """Say for each box how little its locations are wanted: of two groups of one size, the wanted ones leave first.

        A location is wanted as much as the type at home there has more bags that lie alone than room.
        """
        alone = [0] * (self.board.kinds + 1)
        for key, group in self.groups.items():
            alone[key // self.boxes] += len(group) == 1
        want = [lone / max(1, room) for lone, room in zip(alone, self.room.avail, strict=True)]
        most = max(want) or 1
        return [
            round((_SCALE - 8) * (1 - max((want[kind] for kind in share), default=0) / most)) for share in self.shares
        ]

    def _rank(self, key: int) -> int:
        kind, box = divmod(key, self.boxes)
        rank = len(self.groups[key]) * _SCALE + self.price[box]
        if kind == self.board.kinds or kind in self.shares[box]:
            rank += _LAST
        return rank * self.width + key

    def _next(self, rank: int) -> None:
        key = rank % self.width
        kind, box = divmod(key, self.boxes)
        group = self.groups[key]
        self.awake[kind] = 0
        if not group:
            self._wake(kind)
        elif rank != (now := self._rank(key)):
            heappush(self.heap, now)
        elif self.room.avail[kind] >= len(group):
            self._go_home(key, len(group))
            self._wake(kind)
        elif rank >= _LAST * self.width or not self._visit(kind, box, group):
            heappush(self.wait[kind], rank)

    def _wake(self, kind: int) -> None:
        """Wake one group that fits now; it wakes the next one, so that a freed location costs O(log n)."""
        wait = self.wait[kind]
        if wait and not self.awake[kind] and len(self.groups[wait[0] % self.width]) <= self.room.avail[kind]:
            self.awake[kind] = 1
            heappush(self.heap, heappop(wait))

    def _go_home(self, key: int, count: int) -> None:
        kind, box = divmod(key, self.boxes)
        self.left -= count
        freed: list[int] = []
        while count:
            home, room = self.room.home(kind)
            some = min(room, count)
            freed += self._put(self.groups[key], some, kind, home)
            count -= some
        for other in self.room.leave(box, freed):
            self._wake(other)

    def _put(self, group: list[int], count: int, kind: int, box: int) -> list[int]:
        freed, free, slots, steps = [], self.room.free[box], self.room.slot, self.steps
        for _ in range(count):
            item, slot = group.pop(), heappop(free)
            freed.append(slots[item])
            slots[item] = slot
            steps.append([(item, slot)])
        self.room.fill(kind, box, count)
        return freed

    def _visit(self, kind: int, box: int, group: list[int]) -> bool:
        """Let a group be a guest where most of its type waits, if that may be."""
        count = len(group)
        if kind not in self.hosts:
            self.hosts[kind] = self._find_hosts(kind)
        hosts = self.hosts[kind]
        while hosts and (len(self.room.free[hosts[-1]]) < count or not self.groups[kind * self.boxes + hosts[-1]]):
            hosts.pop()
        if count > self.guests or not hosts or hosts[-1] == box:
            return False
        self.guests -= count
        staying = self.groups[kind * self.boxes + hosts[-1]]
        staying += group
        for other in self.room.leave(box, self._put(group, count, kind, hosts[-1])):
            self._wake(other)
        return True

    def _find_hosts(self, kind: int) -> list[int]:
        waiting = {
            box: len(group)
            for box in range(self.boxes)
            if not self.shares[box]
            and (group := self.groups.get(kind * self.boxes + box))
            and self.board.may_enter(kind, box)
        }
        return sorted(waiting, key=lambda box: (waiting[box], -box))

    def _make_way(self) -> bool:
        """Where no group fits as a whole, let a part of the smallest one go."""
        for kind, wait in enumerate(self.wait):
            while wait and not self.groups[wait[0] % self.width]:
                heappop(wait)
            if wait and self.room.avail[kind]:
                key = heappop(wait) % self.width
                self._go_home(key, min(len(self.groups[key]), self.room.avail[kind]))
                if self.groups[key]:
                    heappush(self.heap, self._rank(key))
                return True
        return False
