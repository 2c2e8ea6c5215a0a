"""How much of the gain comes early: the curve of a plan, the bound that no order passes, and the order of chance."""

import random
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

from planner import Layout, Objective, Step
from planner.board import Board
from planner.fixed_order import fixed_order
from planner.layout import Move
from planner.score import State
from planner.shares import share_out
from planner.target import in_place

TYPES_ONLY = Objective(boxes_per_type=1.0, moves=0.0)


def gain_after(steps: Iterable[Step], moves: float) -> float:
    """Return the gain of the first steps that take no more than so many moves."""
    gain = 0.0
    for step in steps:
        moves -= len(step.moves)
        if moves < 0:
            break
        gain += step.gain
    return gain


def bound(layout: Layout, moves: float) -> int:
    """Return how many boxes fewer types can lie in after so many moves, in whatever order.

    A type leaves a box only when all its bags there have moved, and it has to stay in as many boxes as it needs: so the
    smallest groups at best, without the largest ones of each type.
    """
    board = Board(layout)
    groups: list[list[int]] = [[] for _ in range(board.kinds)]
    lying = Counter((kind, board.box_of[slot]) for kind, slot in zip(board.kind, board.start, strict=True))
    for (kind, _), count in lying.items():
        groups[kind].append(count)
    leaving = [size for kind, sizes in enumerate(groups) for size in sorted(sizes)[: len(sizes) - board.need[kind]]]
    boxes = 0
    for size in sorted(leaving):
        moves -= size
        if moves < 0:
            break
        boxes += 1
    return boxes


def by_chance(layout: Layout) -> list[Step]:
    """Return steps to the planner's target for types, chain by chain in an order of chance."""
    board = Board(layout)
    shares = share_out(board, board.closed, board.stuck)
    assert shares is not None
    goal = in_place(board, shares, {}, packed=False)
    worth = _worth_of_chains(board.start, goal)
    state = State(board, board.start, TYPES_ONLY)
    steps = []
    for turn in fixed_order(board, goal, worth.__getitem__, open_boxes=5):
        before = state.score
        for item, slot in turn:
            state.put(item, slot)
        # Only the number of moves and the gain are looked at.
        moves = [Move(board.bags[item].key, "", board.bags[item].place, board.place(slot)) for item, slot in turn]
        steps.append(Step(tuple(moves), before - state.score))
    return steps


def _worth_of_chains(start: array[int], goal: Sequence[int]) -> list[float]:
    """Give each bag of a chain the chain's own number of chance, so that no chain is cut and all are shuffled."""
    wants = {slot: item for item, slot in enumerate(goal) if start[item] != slot}
    chance, worth = random.Random(1), [0.0] * len(start)
    seen: set[int] = set()
    leaving = {start[item] for item in wants.values()}
    for first in sorted(wants, key=lambda slot: (slot in leaving, slot)):
        number = chance.random()
        item: int | None = wants[first]
        while item is not None and item not in seen:
            seen.add(item)
            worth[item] = number
            item = wants.get(start[item])
    return worth
