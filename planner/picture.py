"""What a layout looks like in figures, for a picture before and after."""

from typing import NamedTuple

from planner.board import Board
from planner.layout import Layout
from planner.objective import Objective
from planner.score import State


class Picture(NamedTuple):
    """The terms of a layout's score, each as a figure that a person understands."""

    boxes_per_type: float
    "how many boxes a type lies in, on average; 0 if no bag has a type"
    spare_boxes: int
    "over all types, the boxes that a type lies in beyond those that it needs"
    gaps: int
    "empty locations before the last full one of a box, over all boxes"
    kin: float
    "the average distance of neighbours in a type's order: 0 beside each other, 1/4 in one box, else 1"
    front: float
    "the share of all uses that lies in the front boxes, from 0 to 1"
    boxes_per_pick: float
    "how many boxes a pick list opens, on average; 0 without pick lists"
    score: float
    "the weighted sum that a plan lowers; 0 is best where no kin or pick lists count"


def picture(layout: Layout, objective: Objective) -> Picture:
    """Return the picture of a layout; raises `BadLayout`."""
    board = Board(layout)
    return picture_of(State(board, board.start, objective))


def picture_of(state: State) -> Picture:
    """Return the picture of a state."""
    board, uses = state.board, sum(state.board.uses)
    pairs = sum(max(0, len(items) - 1) for items in board.kin)
    return Picture(
        boxes_per_type=state.pairs / board.kinds if board.kinds else 0.0,
        spare_boxes=state.pairs - state.needed,
        gaps=state.gaps,
        kin=state.kin_distance() / pairs if pairs else 0.0,
        front=1 - state.front / uses if uses else 0.0,
        boxes_per_pick=state.opens / board.picks if board.picks else 0.0,
        score=state.score,
    )
