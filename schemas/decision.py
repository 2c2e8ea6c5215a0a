"""Decisions on suggestions: what they changed, several at once, and taking one back."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from schemas.base import Dto
from schemas.problem import Problem
from schemas.suggestion import AcceptSuggestion, SuggestionOut


class Change(Dto):
    """The value of a field of a part, and who set it, before and after a decision."""

    before: JsonValue
    after: JsonValue
    set_by_before: Literal["person", "machine"] | None
    set_by_after: Literal["person", "machine"] | None


class DroppedDatasheet(Dto):
    """A document that stopped being the datasheet when the number of its part changed."""

    document: int
    datasheet_by: Literal["person", "machine"] | None


class Decision(Dto):
    """What a decision changed, so that it can be taken back."""

    by: Literal["person", "machine"]
    part: str
    "the part at that time; a merge may have given the suggestion to another one"
    value: JsonValue = None
    "the accepted value, which a person may have edited"
    changes: dict[str, Change] = Field(default_factory=dict)
    datasheets: tuple[DroppedDatasheet, ...] = ()
    rivals: tuple[int, ...] = ()
    "the suggestions that were rejected because this one was accepted"
    rival_of: int | None = None
    "the suggestion that was accepted instead"
    settled: bool = False
    "whether a receipt that was booked by hand has booked it"
    run_id: UUID | None = None
    "the run that goes on from an accepted part number"


class DecideOne(AcceptSuggestion):
    """A decision on one of several suggestions; the edits are those of an acceptance."""

    suggestion: Annotated[int, Field(ge=1, le=2**63 - 1)]
    decision: Literal["accept", "reject"]


class DecideSuggestions(Dto):
    """Decisions on several suggestions."""

    decisions: Annotated[tuple[DecideOne, ...], Field(min_length=1, max_length=200)]
    all_or_nothing: bool = Field(
        True, description="true: the first refusal refuses all. false: each is decided for itself."
    )


class DecidedOut(Dto):
    """What became of one of several decisions: the suggestion, or the reason why it was refused."""

    suggestion: int
    decided: SuggestionOut | None
    refused: Problem | None


class DecidedList(Dto):
    """What became of several decisions, in the order in which they were sent."""

    decisions: tuple[DecidedOut, ...]


class UndoneOut(SuggestionOut):
    """A suggestion whose decision was taken back."""

    cancelled_run: UUID | None
    "the run that the decision had started, if it had not ended; it stops before its next step"
    ended_run: UUID | None
    "the run that the decision had started, if it had ended; what people set since stays"
