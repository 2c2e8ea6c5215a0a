"""Coverage of a project by the stock, and its pick list."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import Dto
from schemas.project import Builds
from schemas.slot import Slot


class CoverageState(StrEnum):
    """Whether the stock is enough for a line."""

    ENOUGH = "enough"
    SHORT = "short"
    NOT_IN_INVENTORY = "not_in_inventory"
    "the line is a placeholder"


class CoverageQuery(Dto):
    """The number of builds to check."""

    builds: Annotated[
        Builds | None, Field(description="The number of builds; by default the planned builds, at least one.")
    ] = None


UseReserved = Annotated[
    bool, Field(description="Also take stock that other active projects reserve; by default it stays for them.")
]


class PickQuery(CoverageQuery):
    """The number of builds to pick for, and whether to use reserved stock."""

    use_reserved: UseReserved = False


class CoverageLine(Dto):
    """The quantity that a line needs, and the stock for it."""

    requirement: int
    part: str | None
    placeholder: str | None
    manufacturer_code: str | None
    description: str | None
    designators: str | None
    quantity: int
    "for one build"
    needed: int
    "for all builds that were asked for"
    on_hand: int
    "in all slots"
    reserved: int
    "by other active projects: the need of one build times the planned builds, added up"
    available: int
    "on hand, less reserved"
    short: int
    "needed, less available"
    coming: int
    "on the shopping list for this project, wanted or ordered and not received yet"
    state: CoverageState


class CoverageOut(Dto):
    """Whether the stock is enough for a number of builds."""

    project: int
    builds: int
    possible: int
    "the number of requested builds that the stock is enough for"
    lines: tuple[CoverageLine, ...]
    links: dict[str, str]


class PickOut(Dto):
    """A quantity of a part to take out of a slot."""

    slot: Slot
    part: str
    manufacturer_code: str | None
    description: str | None
    designators: str | None
    quantity: int
    left: int
    "the quantity that then remains in the slot"


class PickBox(Dto):
    """The picks from one box, location by location."""

    box_no: int
    description: str
    picks: tuple[PickOut, ...]


class PickList(Dto):
    """The picks for a project, box by box; `short` lists the lines that the stock does not cover."""

    project: int
    name: str
    builds: int
    boxes: tuple[PickBox, ...]
    short: tuple[CoverageLine, ...]
    links: dict[str, str]
