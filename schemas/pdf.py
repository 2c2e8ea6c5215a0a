"""What a PDF says of itself: properties, chapters, and what it would do when it is opened."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from schemas.base import Dto
from schemas.text import Line

MAX_LEVEL: Final = 6
MAX_LABEL: Final = 20
MAX_CHAPTERS: Final = 500
MAX_ATTACHMENTS: Final = 50
MAX_LABELS: Final = 2_000

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LABEL)]
Level = Annotated[int, Field(ge=1, le=MAX_LEVEL)]


class ActiveContent(StrEnum):
    """What a PDF would do by itself in a viewer that obeys."""

    JAVASCRIPT = "javascript"
    LAUNCH = "launch"
    "starts a program, or opens a file"
    SUBMIT_FORM = "submit_form"
    IMPORT_DATA = "import_data"
    XFA = "xfa"
    "a form with scripts of its own"


class Encryption(Dto):
    """The encryption of a PDF that opens without a password."""

    method: Line
    restricts: tuple[Line, ...] = ()
    "what the owner asks viewers not to allow"


class Chapter(Dto):
    """A chapter of a PDF's outline."""

    level: Level
    title: Line
    page: Annotated[int, Field(ge=1)] | None = None
    "from 1; null if the outline does not say"
    label: Label | None = None
    "what is printed as the page's number, if that differs"


class PdfProperties(Dto):
    """The properties of a PDF; `complete` is false if some could not be read within the limits."""

    title: Line | None = None
    author: Line | None = None
    subject: Line | None = None
    creator: Line | None = None
    "the program in which it was written"
    producer: Line | None = None
    "the program that made the PDF"
    created: date | None = None
    modified: date | None = None
    encryption: Encryption | None = None
    page_labels: tuple[Label, ...] = ()
    "what is printed as each page's number, if that differs from the plain count"
    attachments: tuple[Line, ...] = ()
    "names of files inside the PDF; they are never opened"
    active: tuple[ActiveContent, ...] = ()
    complete: bool = True


class PdfStructure(Dto):
    """The properties of a PDF, and its chapters in their order."""

    properties: PdfProperties
    chapters: tuple[Chapter, ...] = ()
