"""Documents, as DTOs."""

from collections.abc import Sequence

from flask import url_for

from api.render.row import rendered
from models import Document, DocumentChapter
from schemas.document import DocumentDetail, DocumentOut
from schemas.pdf import Chapter, PdfProperties


def document_out(document: Document) -> DocumentOut:
    """Render a document."""
    blob = document.blob
    return rendered(
        DocumentOut,
        document,
        part=document.part_id4,
        sha256=document.blob_sha256,
        size=blob and blob.size,
        media_type=blob and blob.media_type,
        pages=blob and blob.page_count,
        content=content_url(document.id) if blob else None,
        thumbnail=url_for("documents.thumbnail", document_id=document.id) if blob else None,
    )


def document_detail(document: Document, chapters: Sequence[DocumentChapter]) -> DocumentDetail:
    """Render a document with its properties and chapters."""
    properties = document.blob.properties if document.blob else None
    return DocumentDetail(
        **dict(document_out(document)),
        properties=None if properties is None else PdfProperties.model_validate(properties),
        chapters=None
        if properties is None
        else tuple(Chapter.model_validate(each, from_attributes=True) for each in chapters),
    )


def content_url(document_id: int) -> str:
    """Return the address of a document's bytes."""
    return url_for("documents.content", document_id=document_id)
