"""Rows of a parts catalogue that a client imports."""

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
    Field(description="The origin of the rows, such as `kicad`; a source has one row for each part number."),
]
WebAddress = Annotated[str, StringConstraints(pattern=WEB_PATTERN, max_length=MAX_CATALOGUE_TEXT)]


class CatalogueRow(Dto):
    """A catalogue's entry for a part number."""

    manufacturer_code: Code
    manufacturer: Line | None = None
    description: CatalogueText | None = None
    keywords: CatalogueText | None = None
    type_name: Line | None = None
    datasheet_url: WebAddress | None = None


class CatalogueRows(Dto):
    """Rows to add to the catalogue or to update in it."""

    source: Source
    parts: Annotated[tuple[CatalogueRow, ...], Field(min_length=1, max_length=MAX_ROWS)]


class CatalogueStored(Dto):
    """The number of rows that were added or updated."""

    stored: int
