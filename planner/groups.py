"""Changes of several bags at once, which search proposes: what belongs together goes elsewhere together."""

from collections.abc import Callable
from random import Random

from planner.board import NONE
from planner.delta import Changes
from planner.score import State


def propose(state: State, item: int, random: Random, *, limited: bool) -> Changes:
    """Return changes that move the bag with others: of its type, of one of its pick lists, or its neighbours.

    If the number of moves is limited, half of them move it instead of another. Nothing if a proposal came to nothing.
    """
    board, weight = state.board, state.objective
    ways: list[Callable[[State, int, Random], Changes]] = []
    if weight.boxes_per_type and board.kind[item] != board.kinds:
        ways += [_exchange_types, _move_type]
    if weight.together and item in board.picks_of:
        ways.append(_move_list)
    if weight.kin:
        ways.append(_move_run)
    if limited:
        ways += [_move_instead] * len(ways or [1])
    return random.choice(ways)(state, item, random) if ways else ()


def _inside(state: State, box: int) -> list[int]:
    """Return the bags in a box that may move."""
    board = state.board
    return [
        item for item in state.at[board.first[box] : board.first[box + 1]] if item != NONE and not board.stuck[item]
    ]


def _free(state: State, box: int) -> list[int]:
    board, at = state.board, state.at
    return [s for s in range(board.first[box], board.first[box + 1]) if at[s] == NONE and not board.closed[s]]


def _boxes(state: State, item: int, random: Random) -> tuple[int, int]:
    return state.board.box_of[state.slot[item]], random.randrange(len(state.board.boxes))


def _exchange_types(state: State, item: int, random: Random) -> Changes:
    """Exchange all of the bag's type in its box with all of another type in another box."""
    board = state.board
    box, to = _boxes(state, item, random)
    there = _inside(state, to)
    if box == to or not there:
        return ()
    kind, back = board.kind[item], board.kind[random.choice(there)]
    if kind == back:
        return ()
    mine = [one for one in _inside(state, box) if board.kind[one] == kind]
    theirs = [one for one in there if board.kind[one] == back]
    to_me = [state.slot[one] for one in mine] + _free(state, box)
    to_them = [state.slot[one] for one in theirs] + _free(state, to)
    if len(to_me) < len(theirs) or len(to_them) < len(mine):
        return ()
    return [*zip(mine, to_them, strict=False), *zip(theirs, to_me, strict=False)]


def _move_type(state: State, item: int, random: Random) -> Changes:
    """Move all of the bag's type in its box to another box, in exchange for what belongs there least."""
    board, boxes = state.board, len(state.board.boxes)
    box, to = _boxes(state, item, random)
    if box == to:
        return ()
    moving = [one for one in _inside(state, box) if board.kind[one] == board.kind[item]]
    others = [one for one in _inside(state, to) if board.kind[one] != board.kind[item]]
    random.shuffle(others)
    if random.random() < 0.7:
        count = state.count
        others.sort(
            key=lambda one: (
                not count.get(board.kind[one] * boxes + box, 0),
                count.get(board.kind[one] * boxes + to, 0),
            )
        )
    return _over(state, moving, to, others)


def _move_list(state: State, item: int, random: Random) -> Changes:
    """Move what one of the bag's pick lists takes from its box to another box."""
    lists = state.board.picks_of
    box, to = _boxes(state, item, random)
    if box == to:
        return ()
    pick = random.choice(lists[item])
    moving = [one for one in _inside(state, box) if pick in lists.get(one, ())]
    others = [one for one in _inside(state, to) if pick not in lists.get(one, ())]
    random.shuffle(others)
    return _over(state, moving, to, others)


def _over(state: State, moving: list[int], to: int, others: list[int]) -> Changes:
    """Move bags to the free locations of a box, and those for which there are none in exchange for others."""
    free = _free(state, to)
    lacking = moving[len(free) :]
    if len(others) < len(lacking):
        return ()
    changes = list(zip(moving, free, strict=False))
    for one, other in zip(lacking, others, strict=False):
        changes += [(one, state.slot[other]), (other, state.slot[one])]
    return changes


def _move_run(state: State, item: int, random: Random) -> Changes:
    """Exchange two or three places in a row, from the bag's on, with as many elsewhere."""
    board, at = state.board, state.at
    here, to, length = state.slot[item], random.randrange(board.slots), random.randint(2, 3)
    if abs(to - here) < length or max(to, here) + length > board.slots:
        return ()
    if any(board.closed[here : here + length]) or any(board.closed[to : to + length]):
        return ()
    changes = [(at[here + n], to + n) for n in range(length)] + [(at[to + n], here + n) for n in range(length)]
    return [(one, slot) for one, slot in changes if one != NONE]


def _move_instead(state: State, item: int, random: Random) -> Changes:
    """Send another bag back to where it started, and let the bag take its place, so that as many are displaced."""
    board, slot = state.board, state.slot
    start = board.start
    moved = [one for one in range(board.size) if slot[one] != start[one] and one != item]
    if not moved:
        return ()
    back = random.choice(moved)
    home = start[back]
    there = state.at[home]
    if there == item:
        return ()
    changes = [(back, home), (item, slot[back])]
    return changes if there == NONE else [*changes, (there, slot[item])]
