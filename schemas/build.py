"""Builds of a project: each takes the project's parts out of their slots."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import Dto
from schemas.coverage import UseReserved
from schemas.id4 import PartKey
from schemas.project import Builds
from schemas.slot import Slot
from schemas.stock import Quantity, StockChange


class ChosenSlot(Dto):
    """A quantity of a part to take out of a slot."""

    part: PartKey
    slot: Slot
    quantity: Quantity


class BuildOrder(Dto):
    """A command to build a project once or several times; all parts are deducted, or none."""

    command_id: UUID = Field(
        description="An ID that the client makes for each command. A repeated ID returns the first answer and takes "
        "nothing more, however late; with another payload or for another project it is refused (422)."
    )
    builds: Builds = 1
    take: Annotated[
        tuple[ChosenSlot, ...],
        Field(
            max_length=1000,
            description="The slots to take parts from. For a part that is named here, name its whole quantity; the "
            "other parts come from the slots that the pick list suggests.",
        ),
    ] = ()
    use_reserved: UseReserved = False
    ignore_placeholders: Annotated[
        bool, Field(description="Build although some lines are placeholders; refused (409) unless this is true.")
    ] = False


class BuiltPart(Dto):
    """The quantity of a part that a build took, and the quantity left in each slot."""

    part: str
    stock_command: UUID
    "the command on the part's stock; undo it by this ID"
    quantity: int
    changes: tuple[StockChange, ...]


class BuildResult(Dto):
    """The parts that a build took."""

    builds: int
    parts: tuple[BuiltPart, ...]


class BuildOut(BuildResult):
    """A finished build; a repeated command returns the same answer."""

    command_id: UUID
    project: int
    at: datetime
    links: dict[str, str]


class BuildList(Dto):
    """The newest builds of a project, newest first."""

    builds: tuple[BuildOut, ...]


class BuildsQuery(Dto):
    """How many builds to list."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
