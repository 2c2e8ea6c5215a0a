"""Boxes and what lies in them."""

from typing import Annotated

from pydantic import Field

from schemas.base import Dto
from schemas.type import TypeName


class NewBox(Dto):
    """A box to add; its number is made by the system."""

    capacity: Annotated[int, Field(ge=1, le=1000, description="How many locations it has.")]
    description: Annotated[str, Field(max_length=500)] = ""
    types: Annotated[tuple[TypeName, ...], Field(max_length=50, description="The types it is designated for.")] = ()


class BoxOut(Dto):
    """A box in a list."""

    box_no: int
    description: str
    capacity: int
    used: int
    "locations with something in them"
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
    links: dict[str, str]


class LocationOut(Dto):
    """A location of a box; empty when nothing lies there."""

    slot: str
    loc_no: int
    parts: tuple[BoxPart, ...]


class BoxContent(BoxOut):
    """A box with all its locations, left to right, top to bottom."""

    locations: tuple[LocationOut, ...]
