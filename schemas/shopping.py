"""The shopping list."""

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
    """Where a line is; it goes from one to the next."""

    WANTED = "wanted"
    ORDERED = "ordered"
    RECEIVED = "received"


class NewLine(Dto):
    """Something to buy: a part, or a text as long as it is no part."""

    part: PartKey | None = None
    text: Line | None = None
    quantity: Quantity
    seller: Line | None = Field(None, description="Left out, the seller of the part.")
    seller_link: Address | None = Field(None, description="Left out, with the seller too, that of the part.")
    note: Text | None = None
    project: LineId | None = Field(None, description="The project that it is for.")

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.part is None) == (self.text is None):
            raise ValueError("name either a part or a text")
        return self


class LinePatch(Dto):
    """What to change of a line: what is left out stays, null clears seller, seller_link and note."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    part: PartKey | None = Field(None, description="The part that takes the place of the text or other part.")
    quantity: Quantity | None = Field(
        None, description="How many are to come in all; what is received already completes the line when it is enough."
    )
    seller: Line | None = None
    seller_link: Address | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("say what to change: part, quantity, seller, seller_link or note")
        return self


class LineIds(Dto):
    """Lines that are to change their state together, all of them or none."""

    lines: Annotated[tuple[LineId, ...], Field(min_length=1, max_length=500)]


class LineQuery(Dto):
    """Which lines to list."""

    state: LineState | None = None
    project: LineId | None = None
    part: PartKey | None = None
    after: LineId | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class SellersQuery(Dto):
    """Which lines to group."""

    state: LineState = LineState.WANTED


class ReceiveLine(Dto):
    """So many came: they are booked into a slot. Fewer than ordered may come, and the rest later; more may come too."""

    command_id: UUID = Field(
        description="Made by the client, new for each command. Sent again, it answers as it did the first time and "
        "books nothing more; with another payload or for another line it is refused (422)."
    )
    quantity: Quantity
    slot: Annotated[
        Slot | None,
        Field(description="Left out, it goes to where most of the part lies, or else to the free slot that suits it."),
    ] = None
    share: Share = False
    part: PartKey | None = Field(None, description="For a line without a part: the part that it turned out to be.")
    new_part: NewPart | None = Field(
        None,
        description="For a line without a part: the part to make of it. The line's text is its description, and the "
        "line's seller its seller, unless others are given.",
    )

    @model_validator(mode="after")
    def _is_one_part(self) -> Self:
        if self.part is not None and self.new_part is not None:
            raise ValueError("name either a part or a new_part")
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
    "how many came already"
    seller: str | None
    seller_link: str | None
    note: str | None
    state: LineState
    project: int | None
    created_at: datetime
    updated_at: datetime
    ordered_at: datetime | None
    received_at: datetime | None
    "when the last of it came"
    links: dict[str, str]


class LinePage(Dto):
    """A page of the shopping list, oldest first; `next` is the cursor of the page after it."""

    lines: tuple[LineOut, ...]
    next: int | None


class LineList(Dto):
    """Lines of the shopping list."""

    lines: tuple[LineOut, ...]


class SellerLines(Dto):
    """What is on the list of one seller; of none when it is not known yet."""

    seller: str | None
    lines: tuple[LineOut, ...]


class SellerList(Dto):
    """The shopping list, seller by seller."""

    sellers: tuple[SellerLines, ...]


class ReceiptResult(Dto):
    """What a receipt did."""

    part: str
    stock_command: UUID
    "the command on the part's stock, by which it can be undone"
    changes: tuple[StockChange, ...]
    received: int
    "of the line, with what came before"
    state: LineState


class ReceiptOut(ReceiptResult):
    """A receipt that was booked; the same when it is sent again."""

    command_id: UUID
    line: int
    at: datetime
    links: dict[str, str]


class ShortageOrder(Dto):
    """For how many builds the shortage is to be put on the list."""

    builds: Annotated[
        Builds | None, Field(description="For how many builds; left out, for as many as are planned, at least one.")
    ] = None
