"""Closing gaps: the last bag of a box moves into its first gap, until nothing would be gained."""

from array import array

from planner.board import NONE, Board
from planner.cycles import Turn


def pack(board: Board, slot: array[int]) -> list[Turn]:
    """Return moves that close the gaps of each box, those boxes first where a move closes most. O(n)."""
    at = array("l", [NONE]) * board.slots
    for item, place in enumerate(slot):
        at[place] = item
    found = []
    for box in range(len(board.boxes)):
        moves, closed = _pack_box(board, box, at)
        if moves:
            found.append((-closed / len(moves), box, moves))
    found.sort(key=lambda each: each[:2])
    return [[move] for _, _, moves in found for move in moves]


def _pack_box(board: Board, box: int, at: array[int]) -> tuple[list[tuple[int, int]], int]:
    """Return moves inside one box, and how many gaps they close."""
    low, last = board.first[box], board.first[box + 1] - 1
    moves: list[tuple[int, int]] = []
    gap, before = low, NONE
    while last > low:
        if at[last] == NONE and not board.closed[last]:
            last -= 1
            continue
        before = max(before, last)
        while gap < last and (at[gap] != NONE or board.closed[gap]):
            gap += 1
        if gap >= last or board.closed[last]:
            break
        moves.append((at[last], gap))
        at[gap] = at[last]
        at[last] = NONE
    return moves, before - last
