"""Boxes and what lies in them."""

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator

from schemas.base import Dto
from schemas.slot import Slot
from schemas.type import TypeName

MAX_CAPACITY: Final = 1000
MAX_BOX_DESCRIPTION: Final = 500

Capacity = Annotated[int, Field(ge=1, le=MAX_CAPACITY, description="How many locations it has.")]
BoxDescription = Annotated[
    str, Field(max_length=MAX_BOX_DESCRIPTION, description="What is written on it, or what it is for.")
]
BoxTypeNames = Annotated[tuple[TypeName, ...], Field(max_length=50, description="The types it is designated for.")]


class NewBox(Dto):
    """A box to add; its number is made by the system."""

    capacity: Capacity
    description: BoxDescription = ""
    types: BoxTypeNames = ()


class BoxPatch(Dto):
    """What to change about a box; what is left out or null stays as it is."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    description: BoxDescription | None = None
    capacity: Capacity | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("say what to change: description or capacity")
        return self


class BoxTypes(Dto):
    """The types a box is designated for, and none else."""

    types: BoxTypeNames


class BoxOut(Dto):
    """A box in a list."""

    box_no: int
    description: str
    capacity: int
    used: int
    "locations with something in them"
    free: int
    "locations with nothing in them"
    types: tuple[str, ...]
    links: dict[str, str]


class BoxList(Dto):
    """All boxes, by number."""

    boxes: tuple[BoxOut, ...]


class BoxPart(Dto):
    """A part in a location."""

    id4: str
    manufacturer_code: str | None
    description: str | None
    quantity: int
    thumbnail: str | None
    "the address of its picture"
    links: dict[str, str]


class LocationOut(Dto):
    """A location of a box; empty when nothing lies there."""

    slot: Slot
    loc_no: int
    parts: tuple[BoxPart, ...]


class BoxContent(BoxOut):
    """A box with all its locations, left to right, top to bottom."""

    locations: tuple[LocationOut, ...]
