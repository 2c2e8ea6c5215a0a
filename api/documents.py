"""Documents and their bytes."""

from flask import Blueprint, Response

from api.content import deliver
from api.openapi import answers, spec
from api.render import document_out
from api.transaction import app, db
from schemas.document import DocumentOut
from schemas.errors import NotFound
from services.document import DocumentService

bp = Blueprint("documents", __name__, url_prefix="/documents")


@bp.get("/<int:document_id>")
@spec.validate(resp=answers(404, HTTP_200=DocumentOut), tags=["documents"])
def get(document_id: int) -> DocumentOut:
    """Show a document."""
    return document_out(DocumentService.get(db(), document_id))


@bp.get("/<int:document_id>/content")
@spec.validate(resp=answers(404, 416, HTTP_200=None, HTTP_206=None, HTTP_304=None), tags=["documents"])
def content(document_id: int) -> Response:
    """Send the bytes of a document, or a range of them."""
    document = DocumentService.get(db(), document_id)
    if document.blob is None:
        raise NotFound("content of document", document_id)
    return deliver(document.blob, document.original_filename, app().store)
