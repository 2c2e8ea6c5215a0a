"""What the score gains or loses if two locations exchange what they hold; nothing is moved."""

from collections.abc import Iterable, Mapping, Sequence

from planner.board import NONE, Board
from planner.score import State

type Changes = Sequence[tuple[int, int]]
"Bags and the locations that they go to, at once."


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
            boxes, opened = len(board.boxes), state.opened
            for one, others, source, target in ((mine, theirs, before, after), (theirs, mine, after, before)):
                for pick in one:
                    if pick not in others:
                        change += weight.together * _opened(opened, pick * boxes, source, target)
    if weight.gaps and other == NONE:
        change += weight.gaps * _gaps(board, state.full, here, to)
    if weight.kin:
        change += weight.kin * _kin(state, ((item, to),) if other == NONE else ((item, to), (other, here)))
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


def _kin(state: State, changes: Changes) -> float:
    board, slot = state.board, state.slot
    firsts = {one for item, _ in changes for one in (item, board.previous[item])} - {NONE}
    pairs = [(one, board.next[one]) for one in firsts if board.next[one] != NONE]
    before = sum([state.distance(one, after) for one, after in pairs])
    back = [slot[item] for item, _ in changes]
    for item, to in changes:
        slot[item] = to
    there = sum([state.distance(one, after) for one, after in pairs])
    for (item, _), here in zip(changes, back, strict=True):
        slot[item] = here
    return there - before


def at_once(state: State, changes: Changes) -> float:
    """Return by how much the score changes if bags go to locations at once, which are free or left by one of them."""
    board, weight = state.board, state.objective
    box_of, slot, boxes = board.box_of, state.slot, len(board.boxes)
    crossing = [(item, box_of[slot[item]], box_of[to]) for item, to in changes]
    change = 0.0
    if weight.boxes_per_type:
        kinds = [(board.kind[item] * boxes, source, target) for item, source, target in crossing]
        loose = board.kinds * boxes
        change += weight.boxes_per_type * _spread(state.count, [each for each in kinds if each[0] != loose])
    if weight.front:
        behind = board.behind
        change += weight.front * sum(
            [board.uses[item] * (behind[target] - behind[source]) for item, source, target in crossing]
        )
    if weight.together:
        lists = board.picks_of
        picks = [(pick * boxes, source, target) for item, source, target in crossing for pick in lists.get(item, ())]
        change += weight.together * _spread(state.opened, picks)
    if weight.gaps:
        change += weight.gaps * _gaps_at_once(state, changes)
    if weight.kin:
        change += weight.kin * _kin(state, changes)
    return change


def _spread(count: Mapping[int, int], going: Iterable[tuple[int, int, int]]) -> int:
    """Return how many more boxes hold some of a type or a list when bags go, each as its key, source and target."""
    more: dict[int, int] = {}
    for key, source, target in going:
        more[key + source] = more.get(key + source, 0) - 1
        more[key + target] = more.get(key + target, 0) + 1
    return sum([(count.get(key, 0) + extra > 0) - (count.get(key, 0) > 0) for key, extra in more.items() if extra])


def _gaps_at_once(state: State, changes: Changes) -> int:
    board, slot, full = state.board, state.slot, state.full
    after: dict[int, int] = {}
    for item, _ in changes:
        box = board.box_of[slot[item]]
        after[box] = after.get(box, full[box]) ^ 1 << (slot[item] - board.first[box])
    for _, to in changes:
        box = board.box_of[to]
        after[box] = after.get(box, full[box]) | 1 << (to - board.first[box])
    return sum([_gaps_in(taken) - _gaps_in(full[box]) for box, taken in after.items()])


def _gaps_in(taken: int) -> int:
    return taken.bit_length() - taken.bit_count()
