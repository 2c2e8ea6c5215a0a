"""Documents on a part."""

from datetime import datetime
from enum import StrEnum

from schemas.base import Dto


class DocumentKind(StrEnum):
    """What a document is."""

    PDF = "pdf"
    IMAGE = "image"
    LINK = "link"


class DocumentOut(Dto):
    """A document as the API shows it; `content` is the address of its bytes."""

    id: int
    part: str
    kind: DocumentKind
    is_datasheet: bool
    sha256: str | None
    size: int | None
    media_type: str | None
    pages: int | None
    public_url: str | None
    original_filename: str | None
    content: str | None
    created_at: datetime


class DocumentList(Dto):
    """The documents of a part, oldest first."""

    documents: tuple[DocumentOut, ...]
