"""Identification of the part on a photo."""

from enum import StrEnum

from schemas.base import Dto
from schemas.evidence import Confidence, Evidence


class CatalogueEntry(Dto):
    """A row of an imported parts catalogue."""

    source: str
    manufacturer_code: str
    manufacturer: str | None = None
    description: str | None = None
    keywords: str | None = None
    type_name: str | None = None
    datasheet_url: str | None = None


class PartGuess(Dto):
    """A part that the photo may show, with the reasons."""

    manufacturer_code: str
    manufacturer: str | None = None
    description: str | None = None
    quantity: int | None = None
    "the quantity on the label that names this part"
    confidence: Confidence
    evidence: tuple[Evidence, ...]


class AskReason(StrEnum):
    """The reason why a person must choose the part."""

    NOTHING_READ = "nothing_read"
    UNSURE = "unsure"
    SEVERAL_PARTS = "several_parts"
    NOT_UNDERSTOOD = "not_understood"
    CONTRADICTION = "contradiction"
    REFUSED = "refused"
    "a person refused this number for the part, and the evidence is the same"


class Identification(Dto):
    """The verdict: `part` when it is confident enough, else `ask` and the guesses to choose from, best first."""

    part: PartGuess | None = None
    ask: AskReason | None = None
    guesses: tuple[PartGuess, ...] = ()
    others: tuple[str, ...] = ()
    "what else the photo shows, as read, that is not understood or names another part"
    quantity: int | None = None
    "the quantity on the label; a proposal, never booked without a person"
    supplier_code: str | None = None
    distributor: str | None = None
