"""The inbox: suggestions page by page, with what a person needs to decide on them."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import Dto
from schemas.evidence import Confidence
from schemas.id4 import PartKey
from schemas.suggestion import SuggestionField, SuggestionOut, SuggestionState


class SuggestionPart(Dto):
    """The part that a suggestion is about, in brief."""

    id4: str
    manufacturer_code: str | None
    manufacturer: str | None
    description: str | None
    thumbnail: str | None
    "the URL of its picture"
    retired: bool


class InboxItem(SuggestionOut):
    """A suggestion in the inbox, with what a person needs to decide on it."""

    about: SuggestionPart
    photo: str | None
    "the URL of the photo that its run read, in which the regions of the evidence lie"


class InboxGroup(Dto):
    """The suggestions for one part."""

    part: SuggestionPart
    suggestions: tuple[InboxItem, ...]


class InboxGrouping(StrEnum):
    """How an inbox is grouped."""

    PART = "part"


class SuggestionQuery(Dto):
    """The suggestions to list."""

    state: SuggestionState = SuggestionState.PROPOSED
    field: SuggestionField | None = None
    part: PartKey | None = None
    run: UUID | None = None
    confidence_at_least: Confidence | None = None
    confidence_at_most: Confidence | None = None
    group: InboxGrouping | None = Field(
        None, description="part: the suggestions of each part together, part by part; `limit` counts parts."
    )
    after: Annotated[str, Field(max_length=500, description="`next` of the page before.")] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class Inbox(Dto):
    """A page of suggestions, oldest first, or by part; `next` is the cursor of the page after it."""

    total: int
    "the suggestions that the filters select, on all pages"
    suggestions: tuple[InboxItem, ...]
    "those of the page; empty when they are grouped"
    groups: tuple[InboxGroup, ...]
    "those of the page by part; empty unless they are grouped"
    next: str | None
