"""Locations for what is picked: in front what is used most, and beside each other what is picked together."""

from collections import Counter
from collections.abc import Iterable

from planner.board import Board
from planner.objective import Objective


def for_picking(board: Board, objective: Objective) -> dict[int, int]:
    """Return locations for the bags that are on pick lists, or used most, as the objective asks for.

    Boxes that are designated for types are left to these.
    """
    boxes = [box for box in range(len(board.boxes)) if not board.kept[box] and box not in board.only]
    if objective.together and board.picks:
        return _settle(board, _together(board, boxes))
    if objective.front:
        return _settle(board, _most_used(board, [box for box in boxes if not board.behind[box]]))
    return {}


def _room(board: Board, box: int) -> int:
    return board.closed[board.first[box] : board.first[box + 1]].count(0)


def _most_used(board: Board, front: list[int]) -> dict[int, int]:
    """Choose the bags that are used most for the front boxes; those that lie there already keep their box."""
    room = {box: _room(board, box) for box in front}
    used = [item for item in range(board.size) if board.uses[item] > 0 and not board.stuck[item]]
    used.sort(key=lambda item: (-board.uses[item], item))
    chosen = used[: sum(room.values())]
    box_of = {item: board.box_of[board.start[item]] for item in chosen if board.box_of[board.start[item]] in room}
    for box in box_of.values():
        room[box] -= 1
    coming = sorted((item for item in chosen if item not in box_of), key=lambda item: (board.kind[item], item))
    places = (box for box in front for _ in range(room[box]))
    return box_of | dict(zip(coming, places, strict=False))


def _together(board: Board, boxes: list[int]) -> dict[int, int]:
    """Choose for each bag on a list the box that most of its lists open already, else the first one with room."""
    room = {box: _room(board, box) for box in boxes}
    items = [item for item in board.picks_of if not board.stuck[item]]
    items.sort(key=lambda item: (-len(board.picks_of[item]), -board.uses[item], item))
    opened: dict[int, list[int]] = {}
    box_of: dict[int, int] = {}
    for item in items:
        open_now = Counter(box for pick in board.picks_of[item] for box in opened.get(pick, ()) if room[box])
        first = next((box for box in boxes if room[box]), None)
        if first is None:
            break
        box = min(open_now, key=lambda box: (-open_now[box], box), default=first)
        room[box] -= 1
        box_of[item] = box
        for pick in board.picks_of[item]:
            if box not in opened.setdefault(pick, []):
                opened[pick].append(box)
    return box_of


def _settle(board: Board, box_of: dict[int, int]) -> dict[int, int]:
    """Give each bag a location in its box: where it lies, or the first that no other bag keeps."""
    staying = {item: board.start[item] for item, box in box_of.items() if board.box_of[board.start[item]] == box}
    kept = set(staying.values())
    free = {box: iter(_usable(board, box, kept)) for box in set(box_of.values())}
    return {item: staying[item] if item in staying else next(free[box]) for item, box in box_of.items()}


def _usable(board: Board, box: int, kept: Iterable[int]) -> list[int]:
    return [s for s in range(board.first[box], board.first[box + 1]) if not board.closed[s] and s not in kept]
