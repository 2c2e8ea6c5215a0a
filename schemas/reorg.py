"""Reorganisation plans: what is asked for, the moves, and what became of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.slot import Slot

MAX_MOVES: Final = 1_000_000
MAX_NAMED: Final = 500
"The number of moves that one request may name; `all` has no limit."
MAX_WEIGHT: Final = 1000

BoxNumber = Annotated[int, Field(ge=1, le=2_147_483_647)]
MoveNumber = Annotated[int, Field(ge=1, le=MAX_MOVES)]
Weight = Annotated[float, Field(ge=0, le=MAX_WEIGHT)]


class ReorgPlanState(StrEnum):
    """What can be done with a plan."""

    PLANNING = "planning"
    READY = "ready"
    EXPIRED = "expired"
    REPLACED = "replaced"
    FAILED = "failed"


class ReorgMoveState(StrEnum):
    """What became of a move."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    REFUSED = "refused"
    UNDONE = "undone"


class NewReorgPlan(Dto):
    """What to plan: an objective, and what is to be left alone."""

    objective: Annotated[
        str | dict[str, Weight],
        Field(
            description="The name of a preset, or weights by name. `fewest_moves` alone proposes nothing, because "
            "chaotic storage is legitimate."
        ),
    ] = "types"
    max_moves: Annotated[
        int | None, Field(ge=0, le=MAX_MOVES, description="The most moves; by default as many as pay.")
    ] = None
    leave: Annotated[tuple[BoxNumber, ...], Field(max_length=10_000, description="Boxes to leave alone.")] = ()
    pinned: Annotated[tuple[PartKey, ...], Field(max_length=10_000, description="Parts to leave where they lie.")] = ()
    open_boxes: Annotated[int, Field(ge=2, le=100, description="Boxes that are open at once in a sitting.")] = 5
    seed: Annotated[int, Field(ge=0, le=2**31 - 1, description="The same layout and seed give the same plan.")] = 0


class ReorgFigures(Dto):
    """How tidy a layout is."""

    score: float
    "the value of the objective, which a plan lowers"
    boxes_per_type: float
    "the boxes that a type lies in, on average"
    spare_boxes: int
    "over all types, the boxes that a type lies in beyond those that it needs"
    gaps: int
    "free slots before the last bag of a box, over all boxes"
    kin: float
    "the distance of neighbours in the order of a type, on average: 0 beside each other, 1/4 in one box, 1 elsewhere"
    front: float
    "the share of all uses that lies in the front boxes, from 0 to 1"
    boxes_per_pick: float
    "the boxes to open for a pick list, on average; 0 without pick lists"


class ReorgMoveOut(Dto):
    """A move of a whole bag: all of a part that lies in a slot."""

    number: int
    step: int
    "moves with one number here are a cycle: the bags are taken into the hand, and applied together"
    sitting: int
    part: str
    manufacturer_code: str | None
    description: str | None
    from_slot: Slot
    to_slot: Slot
    quantity: int
    "when it was planned"
    gain: float
    state: ReorgMoveState
    reason: str | None
    "why it was refused"
    command_id: UUID | None
    "the command on the part's stock that applied it"
    undo_command_id: UUID | None


class ReorgCounts(Dto):
    """The number of moves in each state."""

    proposed: int = 0
    applied: int = 0
    refused: int = 0
    undone: int = 0

    @property
    def total(self) -> int:
        """The number of moves."""
        return self.proposed + self.applied + self.refused + self.undone


class ReorgPlanSummary(Dto):
    """A plan in a list."""

    id: UUID
    state: ReorgPlanState
    asked: NewReorgPlan
    counts: ReorgCounts
    created_at: datetime
    expires_at: datetime | None
    replaced_by: UUID | None
    links: dict[str, str]


class ReorgPlanOut(ReorgPlanSummary):
    """A plan with a page of its moves, in the order in which each is possible."""

    layout_version: int | None
    "the last change of stock that the plan has seen"
    has_changed: bool
    "whether stock changed since in another way; each move is checked by itself when it is applied"
    before: ReorgFigures | None
    after: ReorgFigures | None
    "the figures once all moves are applied"
    error: str | None
    "why planning failed"
    moves: tuple[ReorgMoveOut, ...]
    next: int | None
    "the cursor of the page of moves after this"


class ReorgPlanPage(Dto):
    """A page of plans, newest first; `next` is the cursor of the page after it."""

    plans: tuple[ReorgPlanSummary, ...]
    next: UUID | None


class ReorgPlansQuery(Dto):
    """The plans to list."""

    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class ReorgMovesQuery(Dto):
    """The moves of a plan to show."""

    after: Annotated[int, Field(ge=0, le=MAX_MOVES)] = 0
    limit: Annotated[int, Field(ge=0, le=1000)] = 200


class ReorgOrder(Dto):
    """The moves to apply or undo: some, those of a sitting, or all."""

    command_id: UUID = Field(
        description="An ID that the client makes for each request. A repeated ID changes nothing more, however late. "
        "For `all` it is the ID of the run."
    )
    moves: Annotated[
        tuple[MoveNumber, ...] | None,
        Field(min_length=1, max_length=MAX_NAMED, description="One of a cycle stands for the whole cycle."),
    ] = None
    sitting: Annotated[int, Field(ge=1, le=MAX_MOVES)] | None = None
    all: bool = False

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.moves is not None) + (self.sitting is not None) + self.all != 1:
            raise ValueError("give one of moves, sitting and all")
        return self


class ReorgRefusal(Dto):
    """A move that is not possible any more, and why."""

    move: int
    reason: str


class ReorgApplied(Dto):
    """What a request has done: all of its moves that are in the wanted state now, and those that were refused."""

    plan: UUID
    moves: tuple[int, ...]
    refused: tuple[ReorgRefusal, ...]
    links: dict[str, str]


class ReorgSubject(Dto):
    """The plan that a run of `reorg_plan` makes."""

    plan_id: UUID


class ReorgApplyInput(ReorgSubject):
    """The plan whose moves a run of `reorg_apply` applies, or undoes."""

    undo: bool = False

    @property
    def way(self) -> Literal["apply", "undo"]:
        """Which of the two."""
        return "undo" if self.undo else "apply"


class ReorgSnapshotTaken(ReorgSubject):
    """A snapshot that is kept with its plan."""

    layout_version: int
    bags: int


class ReorgMovesMade(ReorgSubject):
    """The moves that were written for a plan."""

    moves: int
    sittings: int


class ReorgChecked(ReorgSubject):
    """A plan whose every move is possible when its turn comes, and what it brings."""

    moves: int
    before: ReorgFigures
    after: ReorgFigures


class ReorgStored(ReorgSubject):
    """A plan that can be applied until it expires."""

    expires_at: datetime


class ReorgRunApplied(ReorgSubject):
    """How many moves of its share a step has applied or undone, and which it refused."""

    moves: int
    refused: tuple[int, ...]
