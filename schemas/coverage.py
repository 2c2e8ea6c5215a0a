"""What a project can be built with, and where it is picked."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import Dto
from schemas.project import Builds
from schemas.slot import Slot


class CoverageState(StrEnum):
    """Whether there is enough of what a line needs."""

    ENOUGH = "enough"
    SHORT = "short"
    NOT_IN_INVENTORY = "not_in_inventory"
    "it is a placeholder"


class CoverageQuery(Dto):
    """For how many builds."""

    builds: Annotated[
        Builds | None, Field(description="For how many builds; left out, for as many as are planned, at least one.")
    ] = None


UseReserved = Annotated[
    bool, Field(description="Take, too, what other active projects reserve; it is left to them unless this is true.")
]


class PickQuery(CoverageQuery):
    """For how many builds to pick, and whether from what is reserved."""

    use_reserved: UseReserved = False


class CoverageLine(Dto):
    """What a line needs and what there is."""

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
    "by other active projects: what a build of each needs, times its planned builds"
    available: int
    "on hand and not reserved"
    short: int
    "needed and not available"
    coming: int
    "on the shopping list for this project, wanted or ordered and not received yet"
    state: CoverageState


class CoverageOut(Dto):
    """Whether a project can be built so many times."""

    project: int
    builds: int
    possible: int
    "how many builds there is enough for, of those that were asked for"
    lines: tuple[CoverageLine, ...]
    links: dict[str, str]


class PickOut(Dto):
    """What to take out of a slot."""

    slot: Slot
    part: str
    manufacturer_code: str | None
    description: str | None
    designators: str | None
    quantity: int
    left: int
    "how many are left in the slot"


class PickBox(Dto):
    """What to take out of a box, location by location."""

    box_no: int
    description: str
    picks: tuple[PickOut, ...]


class PickList(Dto):
    """What to take from where, box by box; `short` is what is not there."""

    project: int
    name: str
    builds: int
    boxes: tuple[PickBox, ...]
    short: tuple[CoverageLine, ...]
    links: dict[str, str]
