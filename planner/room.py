"""Which types have room at home: free locations and open shares of boxes, kept up in the time of a box's few types."""

from array import array
from heapq import heappop, heappush

from planner.board import Board

type Shares = list[dict[int, int]]
"For each box, how many bags of each type it is to hold; it is home to these types."


class Room:
    """Where the bags of a board lie, and how many more each type may put into its homes."""

    def __init__(self, board: Board, shares: Shares) -> None:
        self.board, self.shares, self.boxes = board, shares, len(board.boxes)
        self.slot = array("l", board.start)
        self.free = _free(board)
        self.open: dict[int, int] = {}
        "how many bags of a type are still to come to a box; the key is type * boxes + box"
        self.groups = self._groups()
        "the bags of a type that are to leave a box; the same keys"
        self.avail = [0] * (board.kinds + 1)
        "for each type, how many bags could go home now"
        self.live: list[list[int]] = [[] for _ in range(board.kinds + 1)]
        "for each type, a heap of homes; those that have no more room are dropped when they are met"
        for box, share in enumerate(shares):
            for kind in share:
                room = min(self.open[kind * self.boxes + box], len(self.free[box]))
                self.avail[kind] += room
                if room:
                    self.live[kind].append(box)

    def _groups(self) -> dict[int, list[int]]:
        board, boxes = self.board, self.boxes
        lying: dict[int, list[int]] = {}
        for item in sorted(range(board.size), key=board.start.__getitem__):
            if not board.stuck[item]:
                lying.setdefault(board.kind[item] * boxes + board.box_of[board.start[item]], []).append(item)
        for box, share in enumerate(self.shares):
            for kind, count in share.items():
                self.open[kind * boxes + box] = max(0, count - len(lying.get(kind * boxes + box, ())))
        groups = {}
        for key in sorted(lying):
            kind, box = divmod(key, boxes)
            leaving = lying[key][self.shares[box].get(kind, 0) :]
            if leaving:
                groups[key] = leaving
        return groups

    def home(self, kind: int) -> tuple[int, int]:
        """Return a home of a type that has room, and how much."""
        live = self.live[kind]
        while not (room := min(self.open[kind * self.boxes + live[0]], len(self.free[live[0]]))):
            heappop(live)
        return live[0], room

    def fill(self, kind: int, box: int, count: int) -> None:
        """Note that free locations of a box were given to bags of a type; at home they are of the share."""
        left = len(self.free[box])
        for other in self.shares[box]:
            wanted = self.open[other * self.boxes + box]
            self.avail[other] -= min(wanted, left + count)
            if other == kind:
                wanted = self.open[other * self.boxes + box] = max(0, wanted - count)
            self.avail[other] += min(wanted, left)

    def leave(self, box: int, freed: list[int]) -> list[int]:
        """Free locations of a box, and return the types that have more room now."""
        free = self.free[box]
        before = len(free)
        for slot in freed:
            heappush(free, slot)
        gaining = []
        for kind in self.shares[box]:
            wanted = self.open[kind * self.boxes + box]
            was, now = min(wanted, before), min(wanted, len(free))
            if now > was:
                self.avail[kind] += now - was
                gaining.append(kind)
                if not was:
                    heappush(self.live[kind], box)
        return gaining


def _free(board: Board) -> list[list[int]]:
    taken = bytearray(board.closed)
    for slot in board.start:
        taken[slot] = 1
    bounds = zip(board.first, board.first[1:], strict=False)
    return [[slot for slot in range(low, high) if not taken[slot]] for low, high in bounds]
