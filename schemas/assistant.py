"""Questions to an assistant and its answers; an answer is hostile until it is parsed into one of these."""

from typing import Annotated

from pydantic import Field

from schemas.base import Dto
from schemas.datasheet import DatasheetLead
from schemas.evidence import Confidence, Evidence
from schemas.identification import CatalogueEntry, PartGuess
from schemas.markings import DistributorLabel, Markings
from schemas.text import Line

Tokens = Annotated[int, Field(ge=0, le=2_147_483_647)]


class IdentifyQuestion(Dto):
    """A prepared photo (JPEG bytes), the markings read off it, and the catalogue's rows for them."""

    photo: bytes | None
    markings: Markings
    labels: tuple[DistributorLabel, ...] = ()
    catalogue: tuple[CatalogueEntry, ...] = ()


class IdentifyAnswer(Dto):
    """Every part that the assistant sees, best first; empty when it cannot tell."""

    guesses: tuple[PartGuess, ...] = ()


class DatasheetQuestion(Dto):
    """Find the datasheet of one part."""

    manufacturer_code: str
    manufacturer: str | None = None
    catalogue: tuple[CatalogueEntry, ...] = ()
    limit: int


class DatasheetAnswer(Dto):
    """Leads, best first."""

    leads: tuple[DatasheetLead, ...] = ()


class PartText(Dto):
    """The known text about a part, for tagging and categorising."""

    manufacturer_code: str
    manufacturer: str | None = None
    description: str | None = None
    keywords: str | None = None
    datasheet: tuple[str, ...] = ()
    "the text of the datasheet's first pages"


class TagQuestion(Dto):
    """Which words of the vocabulary fit the part?"""

    part: PartText
    vocabulary: tuple[str, ...]
    limit: int


class TagGuess(Dto):
    """One tag, with the reasons for it."""

    tag: str
    confidence: Confidence
    evidence: tuple[Evidence, ...] = ()


class TagAnswer(Dto):
    """Tags, most confident first."""

    tags: tuple[TagGuess, ...] = ()


class TypeQuestion(Dto):
    """Which of the user's types is the part?"""

    part: PartText
    types: tuple[str, ...]


class TypeAnswer(Dto):
    """The type of the question that fits best, or None when none fits."""

    type_name: str | None = None
    confidence: Confidence = 0.0
    evidence: tuple[Evidence, ...] = ()


class Usage(Dto):
    """The tokens and the cost of one call to a model."""

    model: Line
    prompt_version: str
    input_tokens: Tokens = 0
    output_tokens: Tokens = 0
    cost_usd: Annotated[float, Field(ge=0)] = 0.0
