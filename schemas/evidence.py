"""Evidence: the sources of a value that a machine proposes."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import Dto
from schemas.region import Region

Confidence = Annotated[float, Field(ge=0, le=1)]


class EvidenceKind(StrEnum):
    """The kinds of source, most reliable first."""

    PERSON = "person"
    BARCODE = "barcode"
    MARKING = "marking"
    CATALOGUE = "catalogue"
    DATASHEET = "datasheet"
    MODEL = "model"
    RULE = "rule"


class Evidence(Dto):
    """One reason to believe a value: the quoted words and their source."""

    kind: EvidenceKind
    quote: str
    source: str | None = None
    "a URL, a catalogue's name, a model's name"
    page: int | None = None
    "of the datasheet, from 1"
    region: Region | None = None
    "where the words are in the photo that the run read; null when they come from elsewhere"
