"""The shapes of a model's answers: plain fields only, because strict structured outputs allow no limits or defaults."""

from typing import Annotated

from pydantic import AllowInfNan, BaseModel, ConfigDict

_Number = Annotated[float, AllowInfNan(False)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class WirePart(_Wire):
    """A part in the photo."""

    manufacturer_code: str
    manufacturer: str | None
    description: str | None
    quote: str
    confidence: _Number


class WireParts(_Wire):
    """All parts in the photo."""

    parts: list[WirePart]


class WireDatasheets(_Wire):
    """Addresses, best first."""

    urls: list[str]


class WireTag(_Wire):
    """A tag, and the words that show it."""

    tag: str
    quote: str | None
    page: int | None
    confidence: _Number


class WireTags(_Wire):
    """All tags."""

    tags: list[WireTag]


class WireType(_Wire):
    """The type, and the words that show it."""

    type_name: str | None
    quote: str | None
    page: int | None
    confidence: _Number
