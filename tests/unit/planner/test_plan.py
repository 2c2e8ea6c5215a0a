"""What holds for each plan, whatever the layout: it can be done, it never harms, and it leaves alone what it has to."""

import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import PRESETS, BadLayout, Bag, Box, Layout, Objective, Place, Plan, picture, plan, replay
from tests.unit.planner.layouts import LIMITS, OBJECTIVES, layouts, row

TRIES = 100
FEW = settings(max_examples=30)
"A plan takes a few milliseconds, and each test draws its own layouts."
ROOT = Path(__file__).resolve().parents[3]


def shuffled(count: int, *, capacity: int = 20, fill: float = 0.85, seed: int = 1) -> Layout:
    chance = random.Random(seed)
    boxes = -(-int(count / fill) // capacity)
    slots = chance.sample(range(boxes * capacity), count)
    return Layout(
        [Box(number + 1, capacity) for number in range(boxes)],
        [
            Bag(f"{number}", f"{number}", int(8 * chance.random() ** 2), chance.randrange(999), 0.0, place)
            for number, place in enumerate(Place(1 + slot // capacity, 1 + slot % capacity) for slot in slots)
        ],
    )


def quick(layout: Layout, objective: Objective, limit: int | None = None) -> Plan:
    return plan(layout, objective, max_moves=limit, tries=TRIES)


@FEW
@given(layouts(), OBJECTIVES, LIMITS)
def test_each_step_is_possible_and_every_bag_is_still_there(
    layout: Layout, objective: Objective, limit: int | None
) -> None:
    after = replay(layout, quick(layout, objective, limit).steps)

    assert [bag._replace(place=before.place) for bag, before in zip(after.bags, layout.bags, strict=True)] == list(
        layout.bags
    )
    shared = {place: count for place, count in Counter(bag.place for bag in layout.bags).items() if count > 1}
    assert {place: count for place, count in Counter(bag.place for bag in after.bags).items() if count > 1} == shared


@FEW
@given(layouts(), OBJECTIVES, LIMITS)
def test_no_place_has_two_bags_after_any_step(layout: Layout, objective: Objective, limit: int | None) -> None:
    places = {bag.key: bag.place for bag in layout.bags}
    most = max(Counter(places.values()).values())
    for step in quick(layout, objective, limit).steps:
        places |= {move.key: move.target for move in step.moves}

        assert max(Counter(places.values()).values()) <= most


@FEW
@given(layouts(), OBJECTIVES, LIMITS)
def test_plan_keeps_its_limits(layout: Layout, objective: Objective, limit: int | None) -> None:
    found = plan(layout, objective, max_moves=limit, open_boxes=3, tries=TRIES)

    assert limit is None or found.moves <= limit
    for step in found.steps:
        assert len(step.moves) <= 8
        assert len({place.box for move in step.moves for place in (move.origin, move.target)}) <= 3


@FEW
@given(layouts(), OBJECTIVES, LIMITS)
def test_score_falls_by_more_than_the_moves_cost(layout: Layout, objective: Objective, limit: int | None) -> None:
    found = quick(layout, objective, limit)
    gain = found.before.score - found.after.score

    assert gain >= objective.moves * found.moves
    assert sum(step.gain for step in found.steps) == pytest.approx(gain)


@FEW
@given(layouts(), OBJECTIVES, LIMITS)
def test_pictures_are_those_of_the_layouts(layout: Layout, objective: Objective, limit: int | None) -> None:
    found = quick(layout, objective, limit)

    assert found.before == pytest.approx(picture(layout, objective))
    assert found.after == pytest.approx(picture(replay(layout, found.steps), objective))


@FEW
@given(layouts(), OBJECTIVES, LIMITS)
def test_what_has_to_stay_stays(layout: Layout, objective: Objective, limit: int | None) -> None:
    moves = [move for step in quick(layout, objective, limit).steps for move in step.moves]
    bags = {bag.key: bag for bag in layout.bags}
    boxes = {box.number: box for box in layout.boxes}
    shared = {place for place, count in Counter(bag.place for bag in layout.bags).items() if count > 1}

    for move in moves:
        bag, origin, target = bags[move.key], boxes[move.origin.box], boxes[move.target.box]
        assert not bag.pinned
        assert bag.place not in shared
        assert not origin.kept
        assert not target.kept
        assert move.target not in layout.reserved
        assert origin == target or not target.kinds or bag.kind in target.kinds


@FEW
@given(layouts(), OBJECTIVES)
def test_result_planned_again_gets_no_moves(layout: Layout, objective: Objective) -> None:
    result = replay(layout, quick(layout, objective).steps)

    assert quick(result, objective).moves == 0


@pytest.mark.parametrize("name", ["types", "kin", "gaps", "picking", "front"])
@pytest.mark.parametrize("fill", [0.85, 1.0])
def test_large_result_planned_again_gets_no_moves(name: str, fill: float) -> None:
    messy = shuffled(1_000, fill=fill)
    result = replay(messy, plan(messy, PRESETS[name]).steps)

    assert plan(result, PRESETS[name]).moves == 0


def test_tidy_layout_gets_no_moves() -> None:
    assert plan(row(0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 3, None), PRESETS["kin"]).steps == ()


@FEW
@given(layouts(), LIMITS)
def test_fewest_moves_are_none(layout: Layout, limit: int | None) -> None:
    assert plan(layout, PRESETS["fewest_moves"], max_moves=limit).steps == ()


@FEW
@given(layouts(odd=False), OBJECTIVES, st.integers(0, 2))
def test_same_input_and_seed_give_the_same_plan(layout: Layout, objective: Objective, seed: int) -> None:
    first, second = (plan(layout, objective, seed=seed, tries=TRIES) for _ in range(2))

    assert first == second


def test_plan_does_not_depend_on_how_strings_are_hashed() -> None:
    code = """
from planner import PRESETS, plan
from tests.unit.planner.test_plan import shuffled
from dataclasses import replace
layout = shuffled(120)
layout = replace(layout, picks=[frozenset(str(n * k % 120) for n in range(9)) for k in range(1, 9)])
for name in sorted(PRESETS):
    print(plan(layout, PRESETS[name], tries=300))
    print(plan(shuffled(30), PRESETS[name], max_moves=9, tries=300))
"""
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(answers) == 1


def test_large_shuffled_layout_becomes_tidy_and_the_best_comes_first() -> None:
    messy = shuffled(2_000)
    found = plan(messy, PRESETS["types"])
    half = sum(step.gain for step in found.steps[: len(found.steps) // 2])

    assert found.after.score == 0
    assert half > 0.65 * found.before.score


def test_limited_plan_of_a_large_layout_uses_its_moves_well() -> None:
    found = plan(shuffled(2_000), PRESETS["types"], max_moves=100)

    # A bag that lies alone earns a box of 10.
    assert found.before.score - found.after.score >= 0.95 * 100 * 10


def test_full_boxes_are_tidied_by_short_cycles() -> None:
    messy = shuffled(600, fill=1.0)
    found = plan(messy, PRESETS["types"])

    assert found.after.score < 0.05 * found.before.score
    assert 2 <= max(len(step.moves) for step in found.steps) <= 8


def test_two_types_change_places_through_the_hand() -> None:
    found = plan(row(0, 0, 0, 1, 1, 1, 1, 0), PRESETS["types"])

    assert [len(step.moves) for step in found.steps] == [2]
    assert found.after.spare_boxes == 0


def test_gap_is_closed_with_one_move() -> None:
    (step,) = plan(row(0, None, None, 0), PRESETS["gaps"]).steps

    assert [(move.origin.loc, move.target.loc) for move in step.moves] == [(4, 2)]
    assert step.gain == 2


def test_kin_are_put_in_order() -> None:
    ordered = row(0, 0, 0, 0)
    bags = [bag._replace(rank=rank) for bag, rank in zip(ordered.bags, (1, 0, 2, 3), strict=True)]
    found = plan(replace(ordered, bags=bags), PRESETS["kin"])

    assert found.before.kin > found.after.kin == 0
    assert found.moves == 2


def test_what_is_used_often_comes_to_the_front() -> None:
    layout = row(*[0] * 36)
    used = [bag._replace(uses=9.0 if bag.place.box > 7 else 0.0) for bag in layout.bags]
    found = plan(replace(layout, bags=used), PRESETS["front"])

    assert (found.before.front, found.after.front) == (0, 0.5)


def test_what_is_picked_together_comes_into_one_box() -> None:
    layout = replace(row(0, 1, 2, 3, 0, 1, 2, 3), picks=[frozenset({"part 0", "part 5", "part 6"})])
    found = plan(layout, PRESETS["together"])

    assert (found.before.boxes_per_pick, found.after.boxes_per_pick) == (2, 1)
    assert found.moves == 2


@pytest.mark.parametrize(
    ("layout", "says"),
    [
        (Layout([Box(1, 4), Box(1, 4)], []), "two boxes have the same number"),
        (Layout([Box(1, 0)], []), "the capacity 0"),
        (Layout([Box(1, 1)], row(0, 0).bags), "place 1-2 does not exist"),
        (Layout([Box(1, 4)], [row(0).bags[0]] * 2), "two bags have the key bag 0"),
    ],
)
def test_layout_that_contradicts_itself_is_refused(layout: Layout, says: str) -> None:
    with pytest.raises(BadLayout, match=says):
        plan(layout, PRESETS["types"])


@pytest.mark.parametrize(("boxes", "moves"), [(1, None), (5, -1)])
def test_limit_out_of_range_is_refused(boxes: int, moves: int | None) -> None:
    with pytest.raises(ValueError, match="expected at least 2 open boxes and at least 0 moves"):
        plan(row(0), PRESETS["types"], open_boxes=boxes, max_moves=moves)
