"""Commands on the stock of a part, their results and the history."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field

from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.slot import Slot
from schemas.text import Text

MAX_QUANTITY: Final = 1_000_000_000
MAX_REASON: Final = 200

Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Reason = Annotated[Text, Field(max_length=MAX_REASON)]
Share = Annotated[
    bool,
    Field(description="Put the part into a slot that another part occupies; refused (409) unless this is true."),
]
Somewhere = Annotated[Slot | None, Field(description="May be left out when the part lies in one slot only.")]


class StockKind(StrEnum):
    """The kinds of command."""

    RECEIVE = "receive"
    USE = "use"
    MOVE = "move"
    SPLIT = "split"
    COUNT = "count"
    UNDO = "undo"
    BUILD = "build"
    "given by the build of a project, on each of its parts"
    TURN = "turn"
    "given by a reorganisation plan, on each part whose bags swap slots through the hand"


class StockOrder(Dto):
    """The fields that every command has."""

    kind: ClassVar[StockKind]

    command_id: UUID = Field(
        description="An ID that the client makes for each command. A repeated ID returns the first answer and changes "
        "nothing more, however late; with another payload or for another part it is refused (422)."
    )
    reason: Reason | None = Field(None, description="The reason for the history; by default the kind of command.")


class Receive(StockOrder):
    """Add a quantity of the part to a slot."""

    kind: ClassVar = StockKind.RECEIVE

    quantity: Quantity
    slot: Annotated[
        Slot | None,
        Field(description="By default the slot that holds most of the part, or else the free slot that suits it."),
    ] = None
    share: Share = False


class Use(StockOrder):
    """Take a quantity of the part out of a slot."""

    kind: ClassVar = StockKind.USE

    quantity: Quantity
    slot: Somewhere = None


class Move(StockOrder):
    """Move a quantity of the part from one slot to another; by default all that lie there."""

    kind: ClassVar = StockKind.MOVE

    from_slot: Somewhere = None
    to_slot: Slot
    quantity: Quantity | None = None
    share: Share = False


class SplitShare(Dto):
    """The quantity that a split puts into one slot."""

    slot: Slot
    quantity: Quantity


class Split(StockOrder):
    """Move quantities of the part from one slot into several; the rest stays."""

    kind: ClassVar = StockKind.SPLIT

    from_slot: Somewhere = None
    into: Annotated[tuple[SplitShare, ...], Field(min_length=1, max_length=50)]
    share: Share = False


class Count(StockOrder):
    """Set the stock in a slot to a counted quantity; the history keeps the count even if nothing differs."""

    kind: ClassVar = StockKind.COUNT

    slot: Slot
    counted: Annotated[int, Field(ge=0, le=MAX_QUANTITY)]
    share: Share = False


class Undo(StockOrder):
    """Undo the last command on the part by reversing each of its changes."""

    kind: ClassVar = StockKind.UNDO

    undoes: Annotated[
        UUID | None,
        Field(description="The command to undo; refused (409) when it is not the last command on this part."),
    ] = None
    share: Share = False


class Taken(Dto):
    """The quantity that a build takes out of one slot."""

    slot: Slot
    quantity: Annotated[int, Field(ge=1)]


class Build(StockOrder):
    """Take quantities of the part out of several slots for a build; only builds of projects give this command."""

    kind: ClassVar = StockKind.BUILD

    taken: Annotated[tuple[Taken, ...], Field(min_length=1)]


class TurnedBag(Dto):
    """All that lies of a part in one slot, and the slot that it comes to."""

    part: PartKey
    from_slot: Slot
    to_slot: Slot


class Turn(StockOrder):
    """Take several bags into the hand and put each where another lay; only reorganisation plans give this command.

    Each part gets a command of its own, whose payload names all the bags.
    """

    kind: ClassVar = StockKind.TURN

    bags: Annotated[tuple[TurnedBag, ...], Field(min_length=2, max_length=50)]


class StockChange(Dto):
    """The change of one slot by a command, and the quantity there after it."""

    slot: Slot
    delta_qty: int
    quantity: int


class StockResult(Dto):
    """The result of a command; `quantity` is the part's stock in all slots after it."""

    changes: tuple[StockChange, ...]
    quantity: int
    undoes: UUID | None = None
    settled: tuple[int, ...] = ()
    "suggestions of the same quantity that waited, and that this receipt has booked"
    differing: tuple[int, ...] = ()
    "suggestions of another quantity that wait on; accepting one of them asks first"


class StockCommandOut(StockResult):
    """A completed command; a repeated command returns the same answer."""

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
    "the command that undid this change"


class HistoryQuery(Dto):
    """The changes to list."""

    after: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class HistoryPage(Dto):
    """A page of a part's history, newest first; `next` is the cursor of the page after it."""

    history: tuple[HistoryOut, ...]
    next: int | None
