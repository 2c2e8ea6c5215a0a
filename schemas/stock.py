"""Commands on the stock of a part, and what they did."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.base import Dto
from schemas.slot import Slot

MAX_QUANTITY: Final = 1_000_000_000
MAX_REASON: Final = 200

Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REASON)]
Share = Annotated[
    bool,
    Field(description="Put the part into a slot where another part lies; refused (409) unless this is true."),
]
Somewhere = Annotated[
    Slot | None, Field(description="May be left out when the part lies in one slot only, since there is no doubt.")
]


class StockKind(StrEnum):
    """The commands there are."""

    RECEIVE = "receive"
    USE = "use"
    MOVE = "move"
    SPLIT = "split"
    COUNT = "count"
    UNDO = "undo"
    BUILD = "build"
    "given by the build of a project, on each of its parts"


class StockOrder(Dto):
    """What every command carries."""

    kind: ClassVar[StockKind]

    command_id: UUID = Field(
        description="Made by the client, new for each command. Sent again, it answers as it did the first time and "
        "changes nothing more, however late; with another payload or for another part it is refused (422)."
    )
    reason: Reason | None = Field(None, description="Why, in the history; the kind of command when it is left out.")


class Receive(StockOrder):
    """So many more of the part lie in a slot."""

    kind: ClassVar = StockKind.RECEIVE

    quantity: Quantity
    slot: Annotated[
        Slot | None,
        Field(description="Left out, it goes to where most of the part lies, or else to the free slot that suits it."),
    ] = None
    share: Share = False


class Use(StockOrder):
    """So many fewer of the part lie in a slot."""

    kind: ClassVar = StockKind.USE

    quantity: Quantity
    slot: Somewhere = None


class Move(StockOrder):
    """So many go from one slot to another; all that lie there unless a quantity is given."""

    kind: ClassVar = StockKind.MOVE

    from_slot: Somewhere = None
    to_slot: Slot
    quantity: Quantity | None = None
    share: Share = False


class SplitShare(Dto):
    """What goes into one slot."""

    slot: Slot
    quantity: Quantity


class Split(StockOrder):
    """So many go from one slot into each of several; the rest stays."""

    kind: ClassVar = StockKind.SPLIT

    from_slot: Somewhere = None
    into: Annotated[tuple[SplitShare, ...], Field(min_length=1, max_length=50)]
    share: Share = False


class Count(StockOrder):
    """So many were counted in a slot; what differs from the books is booked, and the count is kept either way."""

    kind: ClassVar = StockKind.COUNT

    slot: Slot
    counted: Annotated[int, Field(ge=0, le=MAX_QUANTITY)]
    share: Share = False


class Undo(StockOrder):
    """Take back the last command on the part, by the opposite of each of its changes."""

    kind: ClassVar = StockKind.UNDO

    undoes: Annotated[
        UUID | None,
        Field(description="The command that is meant; refused (409) when it is not the last on this part any more."),
    ] = None
    share: Share = False


class Taken(Dto):
    """What goes out of one slot."""

    slot: Slot
    quantity: Annotated[int, Field(ge=1)]


class Build(StockOrder):
    """So many go out of each of several slots, into what is built; only builds of projects give it."""

    kind: ClassVar = StockKind.BUILD

    taken: Annotated[tuple[Taken, ...], Field(min_length=1)]


class StockChange(Dto):
    """What a command did to one slot, and how many lie there after it."""

    slot: Slot
    delta_qty: int
    quantity: int


class StockResult(Dto):
    """What a command did; `quantity` is the part's stock in all slots after it."""

    changes: tuple[StockChange, ...]
    quantity: int
    undoes: UUID | None = None


class StockCommandOut(StockResult):
    """A command that was carried out; the same when it is sent again."""

    command_id: UUID
    part: str
    kind: StockKind
    at: datetime
    links: dict[str, str]


class HistoryOut(Dto):
    """One change of stock."""

    id: int
    command_id: UUID
    kind: StockKind
    slot: Slot
    delta_qty: int
    reason: str
    at: datetime
    undone_by: UUID | None
    "the command that took it back"


class HistoryQuery(Dto):
    """Which changes to list."""

    after: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class HistoryPage(Dto):
    """A page of a part's history, newest first; `next` is the cursor of the page after it."""

    history: tuple[HistoryOut, ...]
    next: int | None
