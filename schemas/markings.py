"""Markings on a photo: machine-readable codes, printed text, and the distributor label that a code holds."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.base import Dto
from schemas.region import Region, Share


class Code(Dto):
    """A decoded machine-readable code; `text` keeps its control characters."""

    text: str
    symbology: str
    "lower case without blanks: datamatrix, qrcode, code128 …"
    region: Region | None = None


class TextLine(Dto):
    """A line of printed text that the recogniser read."""

    text: Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]
    confidence: Share
    "of the recogniser"
    height: Share
    "of the letters, as a share of the photo's longer side: the part number is seldom the smallest print"
    rotation: Literal[0, 90, 180, 270] = 0
    "degrees clockwise the photo was turned before this was read"
    region: Region | None = None


class Print(Dto):
    """What the process that reads print answers; it may have been taken over."""

    lines: Annotated[tuple[TextLine, ...], Field(max_length=200)] = ()
    installed: bool = True
    "whether there is a recogniser to read with"


class Markings(Dto):
    """All markings of one photo."""

    codes: tuple[Code, ...] = ()
    lines: tuple[TextLine, ...] = ()


class Distributor(StrEnum):
    """The distributor that printed a label."""

    DIGIKEY = "digikey"
    MOUSER = "mouser"
    LCSC = "lcsc"
    TME = "tme"
    FARNELL = "farnell"
    UNKNOWN = "unknown"


class DistributorLabel(Dto):
    """A distributor's label, parsed from its code; a field that the label lacks is None."""

    distributor: Distributor
    manufacturer_code: str | None = None
    supplier_code: str | None = None
    manufacturer: str | None = None
    quantity: int | None = None
    lot: str | None = None
    date_code: str | None = None
    origin: str | None = None
    customer_code: str | None = None
