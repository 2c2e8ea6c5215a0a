"""The shopping list: its lines and receipts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.part import NewPart
from schemas.project import Builds
from schemas.slot import Slot
from schemas.stock import Quantity, Share, StockChange
from schemas.text import Address, Line, Text

LineId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class LineState(StrEnum):
    """The state of a line; a line moves from each state to the next."""

    WANTED = "wanted"
    ORDERED = "ordered"
    RECEIVED = "received"


class NewLine(Dto):
    """A line to add: a part to buy, or a text for something that is not a part yet."""

    part: PartKey | None = None
    text: Line | None = None
    quantity: Quantity
    seller: Line | None = Field(None, description="By default the part's seller.")
    seller_link: Address | None = Field(None, description="By default the part's link, if seller is left out too.")
    note: Text | None = None
    project: LineId | None = Field(None, description="The project that the line is for.")

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.part is None) == (self.text is None):
            raise ValueError("give either a part or a text")
        return self


class LinePatch(Dto):
    """The fields of a line to change: null clears seller, seller_link and note; one left out keeps its value."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    part: PartKey | None = Field(None, description="The part that replaces the text or the other part.")
    quantity: Quantity | None = Field(
        None, description="The whole quantity to buy; the line is complete when this many have been received."
    )
    seller: Line | None = None
    seller_link: Address | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(
                "the request changes nothing; give at least one of part, quantity, seller, seller_link and note"
            )
        return self


class LineIds(Dto):
    """The lines whose state to change together, all of them or none."""

    lines: Annotated[tuple[LineId, ...], Field(min_length=1, max_length=500)]


class LineQuery(Dto):
    """The lines to list."""

    state: LineState | None = None
    project: LineId | None = None
    part: PartKey | None = None
    after: LineId | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class SellersQuery(Dto):
    """The lines to group by seller."""

    state: LineState = LineState.WANTED


class ReceiveLine(Dto):
    """A receipt to book into a slot; it may be smaller than the order, with the rest to come later, or larger."""

    command_id: UUID = Field(
        description="An ID that the client makes for each command. A repeated ID returns the first answer and books "
        "nothing more; with another payload or for another line it is refused (422)."
    )
    quantity: Quantity
    slot: Annotated[
        Slot | None,
        Field(description="By default the slot that holds most of the part, or else the free slot that suits it."),
    ] = None
    share: Share = False
    part: PartKey | None = Field(None, description="For a line without a part: the part that arrived.")
    new_part: NewPart | None = Field(
        None,
        description="For a line without a part: the part to add. Unless given, its description is the line's text, "
        "and its seller is the line's seller.",
    )

    @model_validator(mode="after")
    def _is_one_part(self) -> Self:
        if self.part is not None and self.new_part is not None:
            raise ValueError("give either a part or a new_part, not both")
        return self


class LineOut(Dto):
    """A line of the shopping list."""

    id: int
    part: str | None
    text: str | None
    manufacturer_code: str | None
    description: str | None
    quantity: int
    received: int
    "the quantity received so far"
    seller: str | None
    seller_link: str | None
    note: str | None
    state: LineState
    project: int | None
    created_at: datetime
    updated_at: datetime
    ordered_at: datetime | None
    received_at: datetime | None
    "when the last of the quantity arrived"
    links: dict[str, str]


class LinePage(Dto):
    """A page of the shopping list, oldest first; `next` is the cursor of the page after it."""

    lines: tuple[LineOut, ...]
    next: int | None


class LineList(Dto):
    """Lines of the shopping list."""

    lines: tuple[LineOut, ...]


class SellerLines(Dto):
    """The lines of one seller; `seller` is null for lines without one."""

    seller: str | None
    lines: tuple[LineOut, ...]


class SellerList(Dto):
    """The shopping list, seller by seller."""

    sellers: tuple[SellerLines, ...]


class ReceiptResult(Dto):
    """The result of a receipt."""

    part: str
    stock_command: UUID
    "the command on the part's stock; undo it by this ID"
    changes: tuple[StockChange, ...]
    received: int
    "of the line, earlier receipts included"
    state: LineState


class ReceiptOut(ReceiptResult):
    """A booked receipt; a repeated command returns the same answer."""

    command_id: UUID
    line: int
    at: datetime
    links: dict[str, str]


class ShortageOrder(Dto):
    """The number of builds whose shortage to put on the list."""

    builds: Annotated[
        Builds | None, Field(description="The number of builds; by default the planned builds, at least one.")
    ] = None
