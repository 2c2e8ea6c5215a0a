"""Replaying refuses what cannot be done."""

from dataclasses import replace

import pytest

from planner import Box, Impossible, Layout, Move, Place, Step, replay
from tests.unit.planner.layouts import row


def step(*moves: tuple[int, int], capacity: int = 4) -> Step:
    """Return a step that moves the bags of these locations to these."""

    def place(slot: int) -> Place:
        return Place(slot // capacity + 1, slot % capacity + 1)

    return Step(tuple(Move(f"bag {one}", f"part {one}", place(one), place(to)) for one, to in moves), 0.0)


FULL = row(0, 1, 2, 3, 0, None, None, None)


def test_bags_change_places() -> None:
    after = replay(FULL, [step((0, 1), (1, 0)), step((4, 5))])

    assert [bag.place.loc for bag in after.bags] == [2, 1, 3, 4, 2]


@pytest.mark.parametrize(
    ("layout", "wrong", "says"),
    [
        (FULL, step((0, 1)), "1-2 is not free for bag 0"),
        (FULL, step((5, 6)), "bag 5 does not lie at 2-2"),
        (FULL, step((0, 5), (1, 5)), "2-2 is not free for bag 1"),
        (replace(FULL, reserved=frozenset({Place(2, 2)})), step((0, 5)), "bag 0 may not be put at 2-2"),
        (replace(FULL, boxes=[Box(1, 4), Box(2, 4, kept=True)]), step((0, 5)), "bag 0 may not be put at 2-2"),
        (replace(FULL, boxes=[Box(1, 4, kept=True), Box(2, 4)]), step((0, 5)), "bag 0 stays where it is"),
        (replace(FULL, boxes=[Box(1, 4), Box(2, 4, kinds=frozenset({7}))]), step((0, 5)), "bag 0 may not be put"),
        (replace(FULL, bags=[bag._replace(pinned=True) for bag in FULL.bags]), step((0, 5)), "bag 0 stays"),
    ],
)
def test_step_that_cannot_be_done_is_refused(layout: Layout, wrong: Step, says: str) -> None:
    with pytest.raises(Impossible, match=says):
        replay(layout, [wrong])
