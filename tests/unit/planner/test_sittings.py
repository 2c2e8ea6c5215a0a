"""Sittings open few boxes, and their steps can be done in their order."""

from hypothesis import given
from hypothesis import strategies as st

from planner import PRESETS, Layout, Objective, plan, replay, sittings
from tests.unit.planner.layouts import OBJECTIVES, layouts
from tests.unit.planner.test_plan import FEW, TRIES, shuffled


@FEW
@given(layouts(), OBJECTIVES, st.integers(2, 6), st.integers(1, 30), st.integers(1, 50))
def test_sittings_lead_to_the_same_layout(
    layout: Layout, objective: Objective, boxes: int, moves: int, window: int
) -> None:
    steps = plan(layout, objective, open_boxes=boxes, tries=TRIES).steps
    grouped = sittings(steps, open_boxes=boxes, moves=moves, window=window)

    assert replay(layout, [step for sitting in grouped for step in sitting.steps]) == replay(layout, steps)
    assert all(len(sitting.boxes) <= boxes for sitting in grouped)


def test_sitting_names_the_boxes_of_its_steps() -> None:
    for sitting in sittings(plan(shuffled(300), PRESETS["types"]).steps):
        touched = {place.box for step in sitting.steps for move in step.moves for place in (move.origin, move.target)}

        assert sitting.boxes == tuple(sorted(touched))


def test_steps_are_grouped_so_that_boxes_stay_open() -> None:
    steps = plan(shuffled(800, capacity=60), PRESETS["types"]).steps
    grouped = sittings(steps, open_boxes=5)

    assert len(steps) / len(grouped) >= 12


def test_step_that_touches_too_many_boxes_has_a_sitting_of_its_own() -> None:
    steps = plan(shuffled(300, fill=1.0), PRESETS["types"], open_boxes=4).steps

    assert max(len(sitting.boxes) for sitting in sittings(steps, open_boxes=2)) == 4
