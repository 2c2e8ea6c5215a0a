"""Suggestions: values that a machine proposes for a part."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue, StringConstraints

from schemas.base import Dto
from schemas.evidence import Confidence, Evidence
from schemas.id4 import PartKey
from schemas.part_number import CODE_PATTERN
from schemas.slot import Slot
from schemas.stock import Quantity, Share
from schemas.text import MAX_CODE, ReadLine, ReadText


class SuggestionField(StrEnum):
    """The fields for which a machine may propose a value."""

    PART_NUMBER = "part_number"
    TAGS = "tags"
    TYPE = "type"
    STOCK = "stock"


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


class StockValue(Dto):
    """The value of a stock suggestion: a quantity, its slot, and the facts on the label; None means unknown."""

    quantity: Quantity | None = None
    slot: Slot | None = None
    supplier_code: str | None = None
    lot: str | None = None
    date_code: str | None = None
    origin: str | None = None


class SuggestionOut(Dto):
    """A suggestion as the API shows it."""

    id: int
    part: str
    run_id: UUID | None
    field: SuggestionField
    value: JsonValue
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    state: SuggestionState
    created_at: datetime
    decided_at: datetime | None


class AcceptSuggestion(Dto):
    """The decision to accept a suggestion; for stock, it may give or correct the quantity and the slot."""

    quantity: Quantity | None = None
    slot: Slot | None = None
    share: Share = False


class SuggestionQuery(Dto):
    """The open suggestions to list."""

    part: PartKey | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 100


class SuggestionList(Dto):
    """Suggestions that wait for a decision, oldest first."""

    suggestions: tuple[SuggestionOut, ...]
