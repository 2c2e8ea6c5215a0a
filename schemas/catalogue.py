"""Rows of a parts catalogue that are brought in from outside."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from schemas.base import Dto
from schemas.text import Code, Line

MAX_ROWS: Final = 1000
MAX_CATALOGUE_TEXT: Final = 1000
SOURCE_PATTERN: Final = r"^[a-z0-9][a-z0-9_-]{0,49}$"
WEB_PATTERN: Final = r"^https?://[^\s/]\S*$"

CatalogueText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_CATALOGUE_TEXT)]
Source = Annotated[
    str,
    StringConstraints(pattern=SOURCE_PATTERN),
    Field(description="Where the rows come from, as `kicad`; a number is known once for each source."),
]
WebAddress = Annotated[str, StringConstraints(pattern=WEB_PATTERN, max_length=MAX_CATALOGUE_TEXT)]


class CatalogueRow(Dto):
    """What a catalogue says of a part number."""

    manufacturer_code: Code
    manufacturer: Line | None = None
    description: CatalogueText | None = None
    keywords: CatalogueText | None = None
    type_name: Line | None = None
    datasheet_url: WebAddress | None = None


class CatalogueRows(Dto):
    """Rows to add to the catalogue, or to bring up to date."""

    source: Source
    parts: Annotated[tuple[CatalogueRow, ...], Field(min_length=1, max_length=MAX_ROWS)]


class CatalogueStored(Dto):
    """How many rows are in the catalogue now as they were sent."""

    stored: int
