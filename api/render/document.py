"""Documents, as DTOs."""

from flask import url_for

from api.render.row import rendered
from models import Document
from schemas.document import DocumentOut


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


def content_url(document_id: int) -> str:
    """Return the address of a document's bytes."""
    return url_for("documents.content", document_id=document_id)
