"""Parts."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Dto, PartKey
from schemas.document import DocumentOut
from schemas.suggestion import SuggestionOut


class PartQuery(Dto):
    """Which parts to list."""

    type: Annotated[str, Field(max_length=100, description="The name of a type, in whatever case.")] | None = None
    tag: Annotated[str, Field(max_length=100)] | None = None
    code: (
        Annotated[str, Field(max_length=100, description="A manufacturer code; only letters and digits count.")] | None
    ) = None
    after: PartKey | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class PlacementOut(Dto):
    """A quantity of a part in a location."""

    slot: str
    "box and location, as 7-3"
    box_no: int
    loc_no: int
    quantity: int


class PartSummary(Dto):
    """A part in a list."""

    id4: str
    manufacturer_code: str | None
    manufacturer: str | None
    type: str | None
    description: str | None
    tags: tuple[str, ...]
    image: str | None
    "the address of its picture"
    links: dict[str, str]


class PartOut(PartSummary):
    """A part with everything that hangs on it."""

    seller: str | None
    seller_link: str | None
    set_by: dict[str, Literal["person", "machine"]]
    "who set which field; what a person set, a machine only proposes to change"
    quantity: int
    placements: tuple[PlacementOut, ...]
    documents: tuple[DocumentOut, ...]
    suggestions: tuple[SuggestionOut, ...]
    "those that wait for a decision, oldest first"
    created_at: datetime
    updated_at: datetime


class PartPage(Dto):
    """A page of parts by id4; `next` is the cursor of the page after it."""

    parts: tuple[PartSummary, ...]
    next: str | None
