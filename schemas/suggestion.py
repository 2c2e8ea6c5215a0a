"""Suggestions: values that a machine proposes for a part."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, JsonValue, StringConstraints

from schemas.base import Dto
from schemas.datasheet import Edition
from schemas.document import SHA256_PATTERN
from schemas.evidence import Confidence, Evidence
from schemas.part_number import CODE_PATTERN
from schemas.slot import Slot
from schemas.stock import Quantity, Share
from schemas.tag import TagWord
from schemas.text import MAX_CODE, Code, Line, ReadLine, ReadText, Text
from schemas.type import TypeName


class SuggestionField(StrEnum):
    """The fields for which a machine may propose a value."""

    PART_NUMBER = "part_number"
    SAME_PART = "same_part"
    TAGS = "tags"
    TYPE = "type"
    STOCK = "stock"
    DATASHEET = "datasheet"


class SuggestionState(StrEnum):
    """The state of a suggestion."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class PartNumberValue(Dto):
    """The value of a part_number suggestion."""

    manufacturer_code: Annotated[str, StringConstraints(min_length=1, max_length=MAX_CODE, pattern=CODE_PATTERN)]
    manufacturer: ReadLine = None
    description: ReadText = None
    quantity: Quantity | None = None
    "the quantity on the label that names this number"
    beside_others: bool = False
    "whether the photo shows other parts too: accepting one number leaves the others open"


class PartMatch(StrEnum):
    """What two parts share that may be one, most telling first."""

    SAME_NUMBER = "same_number"
    BASE_NUMBER = "base_number"
    SAME_PHOTO = "same_photo"


class SamePartValue(Dto):
    """The value of a same_part suggestion: the part that this one may be; accepting it merges this one into it."""

    part: Annotated[str, StringConstraints(pattern=r"^[A-Z]{4}$")]
    manufacturer_code: str | None
    manufacturer: str | None
    match: PartMatch
    sure: bool
    "whether the number and the maker leave no doubt; to accept is then the default"
    run: UUID | None = None
    "the earlier run of the same photo, unless it was deleted since"


class StockValue(Dto):
    """The value of a stock suggestion: a quantity, its slot, and the facts on the label; None means unknown."""

    quantity: Quantity | None = None
    slot: Slot | None = None
    supplier_code: str | None = None
    lot: str | None = None
    date_code: str | None = None
    origin: str | None = None


class DatasheetValue(Dto):
    """The value of a datasheet suggestion: a later file, which the part has as a document beside its datasheet."""

    sha256: Annotated[str, StringConstraints(pattern=SHA256_PATTERN)]
    document: int
    "its id when it was proposed"
    before: Edition
    after: Edition
    summary: str
    "of what changed; the document has all of it"


class SuggestionOut(Dto):
    """A suggestion as the API shows it."""

    id: int
    part: str
    run_id: UUID | None
    field: SuggestionField
    value: JsonValue
    accepted_value: JsonValue
    "the value that was accepted, which a person may have edited; null unless it was accepted"
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    state: SuggestionState
    created_at: datetime
    decided_at: datetime | None
    decided_by: Literal["person", "machine"] | None
    started_run: UUID | None
    "the run that the decision started, which goes on from an accepted part number"
    command_id: UUID | None
    "the command that booked it; of an open one, a receipt that may have booked the same bag: accepting it asks"
    reserved_until: datetime | None
    "how long its slot is kept for the part; null means until it is decided"
    links: dict[str, str]


class AcceptSuggestion(Dto):
    """The decision to accept a suggestion, and what a person edits of its value: only what the suggestion is for."""

    manufacturer_code: Code | None = Field(None, description="part_number: another number than the proposed one.")
    manufacturer: Line | None = Field(None, description="part_number: another maker; null accepts none.")
    description: Text | None = Field(None, description="part_number: another description; null accepts none.")
    tags: Annotated[tuple[TagWord, ...], Field(min_length=1, max_length=50)] | None = Field(
        None, description="tags: the tags to add instead of the proposed ones."
    )
    type: TypeName | None = Field(None, description="type: the name of another existing type.")
    quantity: Quantity | None = Field(None, description="stock: another quantity, or the one that the label lacks.")
    slot: Slot | None = Field(None, description="stock: another slot.")
    share: Share = False
    again: bool = Field(
        False, description="stock: book it although a receipt may have booked the same bag; refused (409) otherwise."
    )


EDITS: Final[dict[SuggestionField, frozenset[str]]] = {
    SuggestionField.PART_NUMBER: frozenset({"manufacturer_code", "manufacturer", "description"}),
    SuggestionField.SAME_PART: frozenset(),
    SuggestionField.TAGS: frozenset({"tags"}),
    SuggestionField.TYPE: frozenset({"type"}),
    SuggestionField.STOCK: frozenset({"quantity", "slot", "share", "again"}),
    SuggestionField.DATASHEET: frozenset(),
}
"What a person may edit when accepting a suggestion for a field."
