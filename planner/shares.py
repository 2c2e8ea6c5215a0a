"""How many bags of each type each box is to hold: whole boxes for types that fill them, the rests packed together.

Chosen by what already lies in a box, so that a layout that was made like this is its own target. O(n log n).
"""

from planner.board import Board
from planner.room import Shares


def share_out(board: Board, closed: bytearray, stuck: bytearray) -> Shares | None:
    """Return shares for the bags that are not stuck, in the locations that are not closed.

    `None` if designated boxes leave no room for a type.
    """
    return _Division(board, closed, stuck).share_out()


def as_they_lie(board: Board) -> Shares | None:
    """Return the shares that boxes have now; `None` if a bag lies in a box that its type may not enter."""
    shares: Shares = [{} for _ in board.boxes]
    for item, slot in enumerate(board.start):
        if not board.stuck[item]:
            if not board.may_enter(board.kind[item], board.box_of[slot]):
                return None
            share = shares[board.box_of[slot]]
            share[board.kind[item]] = share.get(board.kind[item], 0) + 1
    return shares


class _Division:
    def __init__(self, board: Board, closed: bytearray, stuck: bytearray) -> None:
        self.board, self.boxes = board, len(board.boxes)
        self.room = [closed[board.first[b] : board.first[b + 1]].count(0) for b in range(self.boxes)]
        self.left = [0] * (board.kinds + 1)
        self.here: dict[int, int] = {}
        "how many bags of a type that may move lie in a box; the key is type * boxes + box"
        for item, kind in enumerate(board.kind):
            if not stuck[item]:
                self.left[kind] += 1
                key = kind * self.boxes + board.box_of[board.start[item]]
                self.here[key] = self.here.get(key, 0) + 1
        self.shares: Shares = [{} for _ in range(self.boxes)]

    def share_out(self) -> Shares | None:
        self._designated()
        self._whole_boxes()
        for kind in sorted(range(self.board.kinds), key=lambda kind: (-self.left[kind], kind)):
            if not self._rest(kind):
                return None
        return self.shares if self._without_type() else None

    def _give(self, kind: int, box: int, count: int) -> None:
        if count:
            self.shares[box][kind] = self.shares[box].get(kind, 0) + count
            self.room[box] -= count
            self.left[kind] -= count

    def _designated(self) -> None:
        """Fill the boxes that are for few types with these types, so that the others stay free for all."""
        only = self.board.only
        for box in sorted(only, key=lambda box: (len(only[box]), box)):
            for kind in sorted(only[box], key=lambda kind: (-self.here.get(kind * self.boxes + box, 0), kind)):
                if self.board.may_enter(kind, box):
                    self._give(kind, box, min(self.left[kind], self.room[box]))

    def _whole_boxes(self) -> None:
        """Give boxes to types that fill them: where most can stay first, then boxes in which none of it lies."""
        board, boxes, empty = self.board, self.boxes, [not share for share in self.shares]
        for key in sorted(self.here, key=lambda key: (-self.here[key], key)):
            kind, box = divmod(key, boxes)
            if (
                kind < board.kinds
                and empty[box]
                and 0 < self.room[box] <= self.left[kind]
                and board.may_enter(kind, box)
            ):
                empty[box] = False
                self._give(kind, box, self.room[box])
        for box in range(boxes):
            if empty[box] and self.room[box]:
                fitting = [k for k in range(board.kinds) if self.left[k] >= self.room[box] and board.may_enter(k, box)]
                if fitting:
                    self._give(max(fitting, key=lambda kind: (self.left[kind], -kind)), box, self.room[box])

    def _rest(self, kind: int) -> bool:
        """Put the rest of a type where most of it lies and all of it fits, else where it fits best, else in parts."""
        board, boxes = self.board, self.boxes
        while self.left[kind]:
            rooms = [(self.room[b], b) for b in range(boxes) if self.room[b] and board.may_enter(kind, b)]
            if not rooms:
                return False
            fitting = [(room, box) for room, box in rooms if room >= self.left[kind]]
            if fitting:
                room, box = max(
                    fitting,
                    key=lambda at: (self.here.get(kind * boxes + at[1], 0), bool(self.shares[at[1]]), -at[0], -at[1]),
                )
            else:
                room, box = max(rooms, key=lambda at: (at[0], -at[1]))
            self._give(kind, box, min(room, self.left[kind]))
        return True

    def _without_type(self) -> bool:
        """Leave bags without a type in their boxes while there is room, and put the others where there is any."""
        kind, boxes = self.board.kinds, self.boxes
        for box in range(boxes):
            if self.board.may_enter(kind, box):
                self._give(kind, box, min(self.here.get(kind * boxes + box, 0), self.room[box]))
        for box in range(boxes):
            if self.board.may_enter(kind, box):
                self._give(kind, box, min(self.left[kind], self.room[box]))
        return not self.left[kind]
