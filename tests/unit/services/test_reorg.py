"""Reorganisation without a database: objectives, snapshots, moves and their check, and pictures."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.drawing import draw_png
from planner import PRESETS, Bag, Box, Layout, Place, picture
from schemas.errors import InvalidInput
from schemas.reorg import NewReorgPlan
from schemas.slot import Slot
from services.reorg import BadPlan, NewMove, ReorgSnapshot, check_moves, make_moves, objective_of
from services.reorg.picture import MOST_BOXES, picture_of
from services.reorg.planning import _layout_after

TYPES = NewReorgPlan(objective="types")


def snapshot(*boxes: str, **more: Any) -> ReorgSnapshot:
    """Take boxes of letters, whose case is their type; a dot is a free slot."""
    bags = [
        Bag(f"{letter} {box}-{loc}", letter, int(letter.islower()), ord(letter), 0.0, Place(box, loc), False)
        for box, letters in enumerate(boxes, start=1)
        for loc, letter in enumerate(letters, start=1)
        if letter != "."
    ]
    planned = [Box(number, len(letters)) for number, letters in enumerate(boxes, start=1)]
    quantities = {bag.key: 3 for bag in bags}
    return ReorgSnapshot(Layout(planned, bags, **more), quantities, {0: "Upper", 1: "Lower"}, 17)


def move(number: int, part: str, origin: str, target: str, step: int | None = None) -> NewMove:
    return NewMove(number, step or number, 1, part, Slot.parse(origin), Slot.parse(target), 3, 1.0)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_objectives(name: str) -> None:
    assert objective_of(NewReorgPlan(objective=name)) == PRESETS[name]


def test_weights_are_an_objective() -> None:
    assert objective_of(NewReorgPlan(objective={"gaps": 2.0, "moves": 0.5})).gaps == 2.0


@pytest.mark.parametrize("objective", ["pretty", {"beauty": 1.0}])
def test_unknown_objective_is_refused(objective: Any) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        objective_of(NewReorgPlan(objective=objective))


@given(
    st.lists(st.text("abcABC.", min_size=1, max_size=6), min_size=1, max_size=4),
    st.frozensets(st.sampled_from("abcABC")),
)
def test_packed_snapshot_is_the_same(boxes: list[str], pick: frozenset[str]) -> None:
    taken = snapshot(*boxes, picks=[pick], reserved=frozenset({Place(1, 1)}))

    assert ReorgSnapshot.unpacked(taken.packed()) == taken


@pytest.mark.parametrize(("objective", "most"), [("types", None), ("kin", 5), ("gaps", 0), ("picking", None)])
def test_moves_pass_their_check(objective: str, most: int | None) -> None:
    taken = snapshot("aA.bB.", "cC..dD", ".eE.fF")
    asked = NewReorgPlan(objective=objective, max_moves=most)

    moves = make_moves(taken, asked)
    before, after = check_moves(taken, asked, moves)

    assert [each.number for each in moves] == list(range(1, len(moves) + 1))
    assert sum(each.gain for each in moves) == pytest.approx(before.score - after.score)
    assert make_moves(taken, asked) == moves


@pytest.mark.parametrize("objective", ["types", "kin"])
def test_gains_are_those_of_the_order_by_sittings(objective: str) -> None:
    taken = snapshot("aA.bB.", "cCgGdD", ".eE.fF")
    moves = make_moves(taken, NewReorgPlan(objective=objective))
    steps = range(1, moves[-1].step + 1)

    done = [[move for move in moves if move.step <= step] for step in (0, *steps)]
    scores = [picture(_layout_after(taken, each), PRESETS[objective]).score for each in done]

    gains = [sum(move.gain for move in moves if move.step == step) for step in steps]
    assert gains == pytest.approx([before - after for before, after in pairwise(scores)])


@pytest.mark.parametrize(
    ("moves", "reason"),
    [
        ([move(1, "a", "1-1", "1-2")], "1-2 is not free"),
        ([move(1, "a", "2-2", "1-3")], "does not lie at 2-2"),
        ([move(1, "a", "1-1", "1-3"), move(2, "A", "1-2", "1-3")], "1-3 is not free"),
        ([move(1, "a", "1-1", "1-3"), move(2, "a", "1-3", "1-1")], "gains nothing"),
        ([move(1, "a", "1-1", "1-3"), move(2, "A", "1-2", "1-1"), move(3, "b", "2-1", "2-3")], "2 were allowed"),
    ],
)
def test_bad_moves_are_found(moves: list[NewMove], reason: str) -> None:
    with pytest.raises(BadPlan, match=reason):
        check_moves(snapshot("aA.", "bB."), NewReorgPlan(objective="types", max_moves=2), moves)


def test_bag_is_followed_over_two_moves() -> None:
    moves = [
        move(1, "a", "1-1", "1-3"),
        move(2, "A", "1-2", "2-3"),
        move(3, "a", "1-3", "1-1"),
        move(4, "b", "2-1", "1-2"),
    ]

    _before, after = check_moves(snapshot("aA.", "bB."), TYPES, moves)

    assert after.spare_boxes == 0


def test_picture_knows_a_part_that_was_merged_since_by_its_slot() -> None:
    taken = snapshot("aA.", "bB.")
    moves = [move(1, "B", "1-2", "2-3"), move(2, "b", "2-1", "1-2")]

    drawing = picture_of(taken, moves, check_moves(taken, TYPES, []))

    assert "2-3: A (Upper)" in {rect.title for rect in drawing.rects}
    with pytest.raises(BadPlan, match="B 1-2 does not lie"):
        check_moves(taken, TYPES, moves)


def test_picture_shows_what_changes() -> None:
    taken = snapshot("aA.", "bB.", "...")
    moves = [move(1, "A", "1-2", "2-3"), move(2, "b", "2-1", "1-2")]

    drawing = picture_of(taken, moves, check_moves(taken, TYPES, moves))

    titles = [rect.title for rect in drawing.rects]
    assert titles.count("1-2: A (Upper)") == titles.count("1-2: b (Lower)") == 1
    assert not any(title.startswith("3-") for title in titles)
    assert {rect.title for rect in drawing.rects if rect.stroke_width > 1} == {
        "1-2: A (Upper)",
        "1-2: b (Lower)",
        "2-1: b (Lower)",
        "2-3: A (Upper)",
    }
    assert draw_png(drawing).startswith(b"\x89PNG")


def test_picture_of_many_boxes_says_how_many_are_left_out() -> None:
    taken = snapshot(*["aA.", "..."] * MOST_BOXES)
    moves = [move(number, "A", f"{2 * number - 1}-2", f"{2 * number}-1") for number in range(1, MOST_BOXES + 1)]

    drawing = picture_of(
        taken, moves, check_moves(taken, NewReorgPlan(objective={"boxes_per_type": 0.0, "gaps": 0.0}), [])
    )

    assert f"{MOST_BOXES} more boxes change" in drawing.texts[0].text
