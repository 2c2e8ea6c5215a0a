"""Boxes and their contents."""

from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator

from schemas.base import Dto
from schemas.slot import Slot
from schemas.type import TypeName

MAX_CAPACITY: Final = 1000
MAX_BOX_DESCRIPTION: Final = 500

Capacity = Annotated[int, Field(ge=1, le=MAX_CAPACITY, description="The number of locations in the box.")]
BoxDescription = Annotated[
    str, Field(max_length=MAX_BOX_DESCRIPTION, description="The text on the box, or its purpose.")
]
BoxTypeNames = Annotated[tuple[TypeName, ...], Field(max_length=50, description="The types that the box is for.")]


class NewBox(Dto):
    """A box to add; the system gives it a number."""

    capacity: Capacity
    description: BoxDescription = ""
    types: BoxTypeNames = ()


class BoxPatch(Dto):
    """The fields of a box to change; a field that is left out or null keeps its value."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    description: BoxDescription | None = None
    capacity: Capacity | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("the request changes nothing; give at least one of description and capacity")
        return self


class BoxTypes(Dto):
    """All types that a box is for; they replace the old ones."""

    types: BoxTypeNames


class BoxOut(Dto):
    """A box in a list."""

    box_no: int
    description: str
    capacity: int
    used: int
    "locations that hold a part"
    free: int
    "locations that are empty"
    types: tuple[str, ...]
    links: dict[str, str]


class BoxList(Dto):
    """All boxes, by number."""

    boxes: tuple[BoxOut, ...]


class BoxPart(Dto):
    """A part that lies in a location."""

    id4: str
    manufacturer_code: str | None
    description: str | None
    quantity: int
    thumbnail: str | None
    "the URL of its picture"
    links: dict[str, str]


class BoxReservation(Dto):
    """A part for which a location is kept until its suggestion of stock is decided, or the time is over."""

    id4: str
    manufacturer_code: str | None
    description: str | None
    suggestion: int | None
    "the suggestion of stock that keeps it; null when the slot was asked for"
    quantity: int | None
    "the quantity that the suggestion names, if it does"
    until: datetime | None
    "null means until the suggestion is decided"
    links: dict[str, str]


class LocationOut(Dto):
    """A location of a box; `parts` is empty when nothing lies there, and `reserved` when it is kept for nothing."""

    slot: Slot
    loc_no: int
    parts: tuple[BoxPart, ...]
    reserved: tuple[BoxReservation, ...]


class BoxContent(BoxOut):
    """A box with all its locations, left to right, top to bottom."""

    locations: tuple[LocationOut, ...]
