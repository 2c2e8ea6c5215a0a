"""What can be read off a photo: machine codes, printed text, and the label a code spells."""

from enum import StrEnum

from schemas.base import Dto


class Code(Dto):
    """A decoded machine-readable code; `text` keeps control characters as they were read."""

    text: str
    symbology: str
    "lower case without blanks: datamatrix, qrcode, code128 …"


class TextLine(Dto):
    """A line of printed text as the recogniser read it."""

    text: str
    confidence: float
    "0 to 1, of the recogniser"
    height: float
    "of the letters, as a share of the photo's longer side: the part number is seldom the smallest print"
    rotation: int = 0
    "degrees clockwise the photo was turned before this was read: 0, 90, 180 or 270"


class Markings(Dto):
    """Everything read off one photo."""

    codes: tuple[Code, ...] = ()
    lines: tuple[TextLine, ...] = ()


class Distributor(StrEnum):
    """Who printed a label."""

    DIGIKEY = "digikey"
    MOUSER = "mouser"
    LCSC = "lcsc"
    TME = "tme"
    FARNELL = "farnell"
    UNKNOWN = "unknown"


class DistributorLabel(Dto):
    """A distributor's label, parsed from its code. What the label does not say is None."""

    distributor: Distributor
    manufacturer_code: str | None = None
    supplier_code: str | None = None
    manufacturer: str | None = None
    quantity: int | None = None
    lot: str | None = None
    date_code: str | None = None
    origin: str | None = None
    customer_code: str | None = None
