"""The answer of the child that reads a PDF's structure, bounded and cleaned; a hostile file may have written it."""

import re
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from clients.files.pdf_text import line
from schemas.base import Dto
from schemas.pdf import (
    MAX_ATTACHMENTS,
    MAX_CHAPTERS,
    MAX_LABEL,
    MAX_LABELS,
    MAX_LEVEL,
    ActiveContent,
    Chapter,
    Encryption,
    PdfProperties,
    PdfStructure,
)
from schemas.text import MAX_LINE

UNREAD: Final = PdfStructure(properties=PdfProperties(complete=False))
"The structure of a PDF that could not be read within the limits."
_DATE: Final = re.compile(r"(?:D:)?([12][0-9]{3})([01][0-9])([0-3][0-9])")

_Text = Annotated[str, Field(max_length=500)]
_Known = Literal["Title", "Author", "Subject", "Creator", "Producer", "CreationDate", "ModDate"]


class _Encryption(Dto):
    method: _Text
    restricts: Annotated[tuple[_Text, ...], Field(max_length=10)]


class _Chapter(Dto):
    level: Annotated[int, Field(ge=1, le=MAX_LEVEL)]
    title: _Text
    page: Annotated[int, Field(ge=1, le=1_000_000)] | None
    label: _Text | None


class _Answer(Dto):
    complete: bool
    encryption: _Encryption | None = None
    metadata: dict[_Known, _Text] = Field({})
    active: Annotated[tuple[ActiveContent, ...], Field(max_length=len(ActiveContent))] = ()
    attachments: Annotated[tuple[_Text, ...], Field(max_length=MAX_ATTACHMENTS)] = ()
    page_labels: Annotated[tuple[_Text, ...], Field(max_length=MAX_LABELS)] = ()
    chapters: Annotated[tuple[_Chapter, ...], Field(max_length=MAX_CHAPTERS)] = ()


def structure_of(answer: bytes) -> PdfStructure:
    """Return the structure that a child answered with.

    Raises:
        ValidationError: the answer is not in the child's form.
    """
    read = _Answer.model_validate_json(answer)
    said = {name: line(value, MAX_LINE) or None for name, value in read.metadata.items()}
    encryption = read.encryption and Encryption(
        method=line(read.encryption.method, MAX_LINE) or "unknown", restricts=_lines(read.encryption.restricts)
    )
    properties = PdfProperties(
        title=said.get("Title"),
        author=said.get("Author"),
        subject=said.get("Subject"),
        creator=said.get("Creator"),
        producer=said.get("Producer"),
        created=_date(said.get("CreationDate")),
        modified=_date(said.get("ModDate")),
        encryption=encryption,
        page_labels=tuple(line(label, MAX_LABEL) or "-" for label in read.page_labels),
        attachments=_lines(read.attachments),
        active=read.active,
        complete=read.complete,
    )
    return PdfStructure(properties=properties, chapters=_chapters(read.chapters))


def _chapters(given: tuple[_Chapter, ...]) -> tuple[Chapter, ...]:
    titled = [(each, title) for each in given if (title := line(each.title, MAX_LINE))]
    return tuple(
        Chapter(level=each.level, title=title, page=each.page, label=line(each.label or "", MAX_LABEL) or None)
        for each, title in titled
    )


def _lines(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for each in given if (text := line(each, MAX_LINE)))


def _date(text: str | None) -> date | None:
    match = _DATE.match(text or "")
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
