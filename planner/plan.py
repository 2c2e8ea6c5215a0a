"""Planning: the steps that lower a layout's score the most, the best of them first."""

import gc
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Final, NamedTuple

from planner.board import Board, check_keys
from planner.cycles import Turn
from planner.layout import Layout, Move, Place, Step
from planner.objective import Objective
from planner.picture import Picture, picture_of
from planner.routes import MEDIUM, routes, searched, to_goal
from planner.score import State

_TRIES: Final = 110_000
"Tries of the search in layouts that are not large, where the number of moves is limited."
_TRIES_EACH: Final = 30_000
"Likewise where it is not limited; there each result is searched again."
_ROUNDS: Final = 4
"How often a result is planned again at most, until nothing changes any more."
_LEAST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in their order, each possible when its turn comes, and the picture before and after all of them."""

    steps: tuple[Step, ...]
    before: Picture
    after: Picture

    @property
    def moves(self) -> int:
        """How many bags are moved, counting a bag each time."""
        return sum(len(step.moves) for step in self.steps)


class _Way(NamedTuple):
    """The first steps of a route up to where the cost is lowest, their gains, and the layout after them."""

    cost: float
    turns: list[Turn]
    gains: list[float]
    state: State


def plan(
    layout: Layout,
    objective: Objective,
    *,
    max_moves: int | None = None,
    open_boxes: int = 5,
    seed: int = 0,
    tries: int | None = None,
) -> Plan:
    """Return the steps that lower the score the most, at most `max_moves` moves; the same for the same input and seed.

    Bags that are pinned or share a place, and all in boxes that are kept, stay where they are. A cycle touches at most
    `open_boxes` boxes. Layouts that are not large are searched with so many `tries`; fewer are faster and miss more.
    Raises `BadLayout`, and `ValueError` if a limit is out of range.
    """
    if open_boxes < 2 or (max_moves is not None and max_moves < 0):
        raise ValueError("expected at least 2 open boxes and at least 0 moves")
    check_keys(layout.bags)
    with _uncollected():
        return _plan(layout, _Planning(objective, max_moves, open_boxes, seed, tries))


def _plan(layout: Layout, work: "_Planning") -> Plan:
    board = Board(layout)
    way = work.best(board)
    if work.max_moves is None and board.size <= MEDIUM:
        way = _settled(layout, board, work, way)
    before = picture_of(State(board, board.start, work.objective))
    after = picture_of(way.state) if way.turns else before
    steps = tuple(_as_steps(board, way.turns, way.gains))
    return Plan(steps, before, after)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles from walking over all bags again and again: nothing here makes cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _settled(layout: Layout, board: Board, work: "_Planning", way: _Way) -> _Way:
    """Plan a result again, until that changes nothing: so a plan of the plan's result is empty."""
    for _ in range(_ROUNDS):
        if not way.turns:
            break
        bags = [bag._replace(place=board.place(slot)) for bag, slot in zip(board.bags, way.state.slot, strict=True)]
        again = work.best(Board(replace(layout, bags=bags)))
        if not again.turns:
            break
        further = work.first_steps(board, to_goal(board, again.state.slot, work.objective, work.open_boxes))
        if further.cost >= way.cost - _LEAST:
            break
        way = further
    return way


class _Planning:
    """What is the same for each layout that is planned."""

    def __init__(
        self, objective: Objective, max_moves: int | None, open_boxes: int, seed: int, tries: int | None
    ) -> None:
        self.objective, self.max_moves, self.open_boxes, self.seed = objective, max_moves, open_boxes, seed
        self.tries = tries or (_TRIES_EACH if max_moves is None else _TRIES)

    def best(self, board: Board) -> _Way:
        """Return the best way from a board's start; doing nothing is one, and no score is below 0."""
        best = self.first_steps(board, ())
        if best.cost <= 0:
            return best
        for route in routes(board, self.objective, self.open_boxes, self.max_moves):
            best = min(best, self.first_steps(board, route), key=lambda way: way.cost)
        if board.size <= MEDIUM:
            limit = board.size if self.max_moves is None else min(board.size, self.max_moves)
            random = Random(self.seed)  # noqa: S311 - nothing secret
            goal = searched(board, self.objective, limit, best.state.slot, random=random, tries=self.tries)
            found = self.first_steps(board, to_goal(board, goal, self.objective, self.open_boxes))
            best = min(best, found, key=lambda way: way.cost)
        return best

    def first_steps(self, board: Board, route: Iterable[Turn]) -> _Way:
        """Carry a route out, as far as the number of moves allows, and keep it up to where the cost is lowest."""
        state = State(board, board.start, self.objective)
        put = state.put
        turns: list[Turn] = []
        gains: list[float] = []
        score = lowest = state.score
        moves = best = 0
        for turn in route:
            moves += len(turn)
            if self.max_moves is not None and moves > self.max_moves:
                break
            for item, slot in turn:
                put(item, slot)
            turns.append(turn)
            now = state.score
            gains.append(score - now)
            score = now
            if score + self.objective.moves * moves < lowest - _LEAST:
                lowest, best = score + self.objective.moves * moves, len(turns)
        if best < len(turns):
            del turns[best:], gains[best:]
            state = State(board, _after(board, turns), self.objective)
        return _Way(lowest, turns, gains, state)


def _after(board: Board, turns: Iterable[Turn]) -> array[int]:
    after = array("l", board.start)
    for turn in turns:
        for item, slot in turn:
            after[item] = slot
    return after


def _as_steps(board: Board, turns: Iterable[Turn], gains: Iterable[float]) -> Iterator[Step]:
    at: dict[int, Place] = {}
    for turn, gain in zip(turns, gains, strict=True):
        moves = []
        for item, slot in turn:
            bag, there = board.bags[item], board.place(slot)
            moves.append(Move(bag.key, bag.part, at.get(item, bag.place), there))
            at[item] = there
        yield Step(tuple(moves), gain)
