"""What the score gains or loses if two locations exchange what they hold; nothing is moved."""

from array import array

from planner.board import NONE, Board
from planner.score import State


def exchange(state: State, item: int, to: int) -> float:
    """Return by how much the score changes if a bag goes to a location, and the bag that lies there comes back."""
    board, weight = state.board, state.objective
    here, other = state.slot[item], state.at[to]
    before, after = board.box_of[here], board.box_of[to]
    change = 0.0
    if before != after:
        if weight.boxes_per_type:
            change += weight.boxes_per_type * _pairs(state, item, other, before, after)
        if weight.front and board.behind[before] != board.behind[after]:
            uses = board.uses[item] - (board.uses[other] if other != NONE else 0.0)
            change += weight.front * uses * (board.behind[after] - board.behind[before])
        if weight.together:
            mine, theirs = board.picks_of.get(item, ()), board.picks_of.get(other, ())
            for one, others, source, target in ((mine, theirs, before, after), (theirs, mine, after, before)):
                change += weight.together * sum(
                    _opened(state.opened, pick * len(board.boxes), source, target) for pick in one if pick not in others
                )
    if weight.gaps and other == NONE:
        change += weight.gaps * _gaps(board, state.full, here, to)
    if weight.kin:
        change += weight.kin * _kin(state, item, other, here, to)
    return change


def _pairs(state: State, item: int, other: int, before: int, after: int) -> int:
    board = state.board
    kind, loose, boxes = board.kind[item], board.kinds, len(board.boxes)
    back = board.kind[other] if other != NONE else loose
    if kind == back:
        return 0
    change = _opened(state.count, kind * boxes, before, after) if kind != loose else 0
    return change + (_opened(state.count, back * boxes, after, before) if back != loose else 0)


def _opened(count: dict[int, int], key: int, source: int, target: int) -> int:
    """Return how many more boxes hold some of a type or a list when one of its bags goes from source to target."""
    return (not count.get(key + target)) - (count[key + source] == 1)


def _gaps(board: Board, full: list[int], here: int, to: int) -> int:
    before, after = board.box_of[here], board.box_of[to]
    taken = full[before]
    left = taken ^ (1 << (here - board.first[before]))
    if before == after:
        return (left | 1 << (to - board.first[after])).bit_length() - taken.bit_length()
    entered = full[after]
    filled = entered | 1 << (to - board.first[after])
    return left.bit_length() - taken.bit_length() + filled.bit_length() - entered.bit_length()


def _kin(state: State, item: int, other: int, here: int, to: int) -> float:
    board, slot = state.board, state.slot
    firsts = {item, board.previous[item]}
    if other != NONE:
        firsts |= {other, board.previous[other]}
    pairs = [(one, board.next[one]) for one in firsts if one != NONE and board.next[one] != NONE]
    before = sum(state.distance(one, after) for one, after in pairs)
    _place(slot, item, to, other, here)
    there = sum(state.distance(one, after) for one, after in pairs)
    _place(slot, item, here, other, to)
    return there - before


def _place(slot: array[int], item: int, to: int, other: int, back: int) -> None:
    slot[item] = to
    if other != NONE:
        slot[other] = back
