"""Suggestions of slots that a person or a program asks for."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.slot import Slot

MAX_SLOTS: Final = 50
MAX_MINUTES: Final = 7 * 24 * 60


class SuggestLocations(Dto):
    """A part that needs slots: several when its quantity is split."""

    part: PartKey
    count: Annotated[int, Field(ge=1, le=MAX_SLOTS)] = 1
    minutes: Annotated[
        int, Field(ge=0, le=MAX_MINUTES, description="How long free slots are kept for the part; 0 keeps none.")
    ] = 15


class SuggestedLocation(Dto):
    """A slot for a part, and the reason."""

    slot: Slot
    why: str
    confidence: float
    reserved_until: datetime | None
    "null when it is not kept, or until a suggestion is decided"
    links: dict[str, str]


class SuggestedLocations(Dto):
    """Slots for a part, best first."""

    part: str
    locations: tuple[SuggestedLocation, ...]
    full: str | None
    "why there are fewer than were asked for, and what would help"
