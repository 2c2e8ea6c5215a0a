"""A change of the score that is computed is the one that comes when the bags are moved."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import Layout, Objective
from planner.board import Board
from planner.delta import at_once, exchange
from planner.groups import propose
from planner.score import State
from tests.unit.planner.layouts import OBJECTIVES, layouts

FEW = settings(max_examples=30)


@FEW
@given(layouts(odd=False), OBJECTIVES, st.integers(0, 99))
def test_exchange_changes_the_score_as_it_says(layout: Layout, objective: Objective, seed: int) -> None:
    board, chance = Board(layout), random.Random(seed)
    state = State(board, board.start, objective)
    for _ in range(20):
        item, to = chance.randrange(board.size), chance.randrange(board.slots)
        if state.slot[item] != to:
            expected = state.score + exchange(state, item, to)
            state.exchange(item, to)

            assert state.score == pytest.approx(expected)
    assert state.score == pytest.approx(State(board, state.slot, objective).score)


@FEW
@given(layouts(odd=False), OBJECTIVES, st.integers(0, 99))
def test_group_changes_the_score_as_it_says(layout: Layout, objective: Objective, seed: int) -> None:
    board, chance = Board(layout), random.Random(seed)
    state = State(board, board.start, objective)
    for _ in range(40):
        changes = propose(state, chance.randrange(board.size), chance, limited=True)
        expected = state.score + at_once(state, changes)
        for item, slot in changes:
            state.put(item, slot)

        assert state.score == pytest.approx(expected)
    assert sorted(state.slot) == sorted(set(state.slot))
