"""Building a project: its parts leave their slots."""

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
    """So many of a part are to come out of a slot."""

    part: PartKey
    slot: Slot
    quantity: Quantity


class BuildOrder(Dto):
    """So many builds; all parts are deducted, or none."""

    command_id: UUID = Field(
        description="Made by the client, new for each command. Sent again, it answers as it did the first time and "
        "takes nothing more, however late; with another payload or for another project it is refused (422)."
    )
    builds: Builds = 1
    take: Annotated[
        tuple[ChosenSlot, ...],
        Field(
            max_length=1000,
            description="From which slots parts are taken; all that is needed of a part that is named. The others "
            "come from the slots that the pick list suggests.",
        ),
    ] = ()
    use_reserved: UseReserved = False
    ignore_placeholders: Annotated[
        bool, Field(description="Build though some lines are not in the inventory; refused (409) unless this is true.")
    ] = False


class BuiltPart(Dto):
    """What a build took of a part, and how many lie in each slot after it."""

    part: str
    stock_command: UUID
    "the command on the part's stock, by which it can be undone"
    quantity: int
    changes: tuple[StockChange, ...]


class BuildResult(Dto):
    """What a build took."""

    builds: int
    parts: tuple[BuiltPart, ...]


class BuildOut(BuildResult):
    """A build that was done; the same when it is sent again."""

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
