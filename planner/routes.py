"""The ways that lead to a better layout, of which a plan takes the best: a target and an order of the moves to it."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

from planner.board import Board
from planner.cycles import Turn
from planner.fixed_order import fixed_order
from planner.flow_order import flow_order
from planner.objective import Objective
from planner.packing import pack
from planner.picking import for_picking
from planner.room import Shares
from planner.score import State
from planner.search import Search
from planner.shares import as_they_lie, share_out
from planner.target import in_order, in_place

SMALL: Final = 60
"Layouts of so many bags that may move are searched from hot to cold, so that plans are all but optimal."
MEDIUM: Final = 400
"Layouts of so many are improved until no exchange of two places pays, or the tries are used up."
_TRIES_PER_PAIR: Final = 350
"More tries for each pair of a bag and a location find nothing more."
_SHORTEST, _LONGEST = 5_000, 10_000
"Tries from hot to cold; the lower the limit of moves, the fewer, so that more starts are made."


def routes(board: Board, objective: Objective, open_boxes: int, max_moves: int | None) -> Iterator[list[Turn]]:
    """Yield sequences of steps, each possible from the start."""
    limited = max_moves is not None
    if objective.front or (objective.together and board.picks):
        yield from _for_picking(board, objective, open_boxes)
    types = share_out(board, board.closed, board.stuck) if objective.boxes_per_type or objective.kin else None
    if objective.kin:
        for shares in (types, as_they_lie(board)):
            if shares is not None:
                yield to_goal(board, in_order(board, shares, {}), objective, open_boxes)
    if objective.boxes_per_type and types is not None and (limited or not objective.kin):
        yield _by_flow(board, types, objective, open_boxes, guests=board.size if limited else board.size // 50)
    if objective.gaps and (limited or not (objective.boxes_per_type or objective.kin)):
        yield pack(board, board.start)


def searched(
    board: Board, objective: Objective, limit: int, begun: array[int], *, random: Random, tries: int
) -> array[int]:
    """Return the best layout that search finds for a board that is not large, from a layout that was begun."""
    search = Search(board, objective, limit, random)
    search.begin(begun)
    if len(search.loose) <= SMALL and search.loose and search.greatest:
        enough = min(tries, _TRIES_PER_PAIR * len(search.loose) * len(search.usable))
        if limit >= len(search.loose):
            # Easier than with a limit, and slower: more tries are accepted.
            enough = max(1, enough * 2 // 3)
        length = min(enough, _LONGEST, max(_SHORTEST, 300 * limit))
        for _ in range(enough // length):
            search.begin(board.start)
            search.anneal(length)
    search.polish(tries // 8 if len(search.loose) <= SMALL else tries)
    return search.best


def to_goal(board: Board, goal: Sequence[int], objective: Objective, open_boxes: int) -> list[Turn]:
    """Return steps to exact locations."""
    return fixed_order(board, goal, _estimate(board, goal, objective), open_boxes)


def _for_picking(board: Board, objective: Objective, open_boxes: int) -> Iterator[list[Turn]]:
    placed = for_picking(board, objective)
    closed, stuck = bytearray(board.closed), bytearray(board.stuck)
    for item, slot in placed.items():
        closed[slot] = stuck[item] = 1
    shares = share_out(board, closed, stuck)
    if shares is not None:
        yield to_goal(board, in_place(board, shares, placed, packed=bool(objective.gaps)), objective, open_boxes)
        if objective.kin:
            yield to_goal(board, in_order(board, shares, placed), objective, open_boxes)


def _by_flow(board: Board, shares: Shares, objective: Objective, open_boxes: int, *, guests: int) -> list[Turn]:
    steps = flow_order(board, shares, open_boxes, guests)
    if objective.gaps:
        slot = array("l", board.start)
        for step in steps:
            for item, to in step:
                slot[item] = to
        steps += pack(board, slot)
    return steps


def _estimate(board: Board, goal: Sequence[int], objective: Objective) -> Callable[[int], float]:
    """Return what a bag's move to its goal is worth, as if it were alone: its part of the box that its type leaves."""
    boxes, count = len(board.boxes), State(board, board.start, objective).count

    def gain(item: int) -> float:
        before, after = board.box_of[board.start[item]], board.box_of[goal[item]]
        here = count.get(board.kind[item] * boxes + before, 0)
        worth = objective.kin + 0.15 * objective.gaps
        if before != after:
            worth += objective.boxes_per_type / here if here else 0.0
            worth += objective.front * board.uses[item] * (board.behind[before] - board.behind[after])
            worth += objective.together * len(board.picks_of.get(item, ()))
        return worth

    return gain
