"""Target layouts: a location for each bag, so that each box holds its shares."""

from array import array
from collections import defaultdict
from collections.abc import Container, Mapping

from planner.board import Board
from planner.room import Shares


def in_order(board: Board, shares: Shares, placed: Mapping[int, int]) -> array[int]:
    """Give each type a run of locations in its boxes, and its bags these in the order of kin.

    Bags that are `placed` have their locations already, and no shares.
    """
    taken = frozenset(placed.values())
    lies_at: list[dict[int, int]] = [{} for _ in board.boxes]
    for item, slot in enumerate(board.start):
        first = lies_at[board.box_of[slot]]
        first[board.kind[item]] = min(slot, first.get(board.kind[item], slot))
    goals: dict[int, list[int]] = defaultdict(list)
    for box, share in enumerate(shares):
        usable = _usable(board, box, taken)
        at = 0
        for kind in sorted(share, key=lambda kind: (kind == board.kinds, lies_at[box].get(kind, board.slots), kind)):
            goals[kind] += usable[at : at + share[kind]]
            at += share[kind]
    goal = _placed(board, placed)
    loose = [item for item, kind in enumerate(board.kind) if kind == board.kinds]
    for kind, items in enumerate([*board.kin, loose]):
        moving = [item for item in items if not board.stuck[item] and item not in placed]
        for item, slot in zip(moving, goals[kind], strict=True):
            goal[item] = slot
    return goal


def in_place(board: Board, shares: Shares, placed: Mapping[int, int], *, packed: bool) -> array[int]:
    """Leave a bag where it lies if its box has a share for it, and fill the other shares with those that are left."""
    goal = _placed(board, placed)
    taken = frozenset(placed.values())
    wanted = bytearray(board.slots)
    for box, share in enumerate(shares):
        usable = _usable(board, box, taken)
        for slot in usable[: sum(share.values())] if packed else usable:
            wanted[slot] = 1
    left = [dict(share) for share in shares]
    inside: list[list[int]] = [[] for _ in board.boxes]
    outside: list[list[int]] = [[] for _ in range(board.kinds + 1)]
    for item in sorted(range(board.size), key=board.start.__getitem__):
        if board.stuck[item] or item in placed:
            continue
        slot, kind = board.start[item], board.kind[item]
        box = board.box_of[slot]
        if not left[box].get(kind):
            outside[kind].append(item)
            continue
        left[box][kind] -= 1
        if wanted[slot]:
            wanted[slot] = 0
        else:
            inside[box].append(item)
    free = [[slot for slot in _usable(board, box, taken) if wanted[slot]] for box in range(len(board.boxes))]
    for box, items in enumerate(inside):
        for item in items:
            goal[item] = free[box].pop(0)
    for box, share in enumerate(left):
        for kind in sorted(share):
            for _ in range(share[kind]):
                goal[outside[kind].pop(0)] = free[box].pop(0)
    return goal


def _placed(board: Board, placed: Mapping[int, int]) -> array[int]:
    goal = array("l", board.start)
    for item, slot in placed.items():
        goal[item] = slot
    return goal


def _usable(board: Board, box: int, taken: Container[int]) -> list[int]:
    low, high = board.first[box], board.first[box + 1]
    return [slot for slot in range(low, high) if not board.closed[slot] and slot not in taken]
