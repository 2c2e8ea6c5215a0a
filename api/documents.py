"""Documents and their bytes."""

from typing import Annotated, Any, cast

from flask import Blueprint, Response, request, url_for
from pydantic import BeforeValidator, ConfigDict, Field
from spectree.model_adapter.pydantic_adapter import BaseFile

from api.http.content import STORED_TYPES, deliver
from api.http.errors import problem
from api.http.openapi import answers, spec
from api.http.transaction import app, db
from api.http.uploads import keep, receive_document
from api.render.document import document_detail, document_out
from models import Blob, Document
from models.session import session_scope
from schemas.document import DocumentDetail, DocumentFields, DocumentOut, DocumentPatch, NewDocument, ThumbnailQuery
from schemas.errors import NotFound
from schemas.problem import ErrorCode
from services.document import DocumentService, StructureService, ThumbnailService
from services.part import PartService

bp = Blueprint("documents", __name__)


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


class DocumentForm(DocumentFields):
    """A PDF or a picture for a part, and its role there."""

    model_config = ConfigDict(json_schema_extra={"required": ["file"]})

    file: Annotated[list[BaseFile], BeforeValidator(_listed)] = Field([], description="One PDF, JPEG, PNG or WebP.")


@bp.post("/parts/<id4>/documents")
@spec.validate(
    json=NewDocument,
    form=DocumentForm,
    resp=answers(404, 409, 413, 415, 429, HTTP_200=DocumentOut, HTTP_201=DocumentOut),
    tags=["documents"],
)
def add(id4: str) -> tuple[DocumentOut, int, dict[str, str]]:
    """Add a file, a link, or a document of another part; 200 means that the part already has it."""
    given = _given()
    document, is_new = _upload(id4) if isinstance(given, DocumentForm) else _refer(id4, given)
    DocumentService.update(db(), document, given)
    shown = document_out(document)
    return shown, 201 if is_new else 200, {"Location": url_for("documents.get", document_id=document.id)}


def _given() -> DocumentForm | NewDocument:
    context = cast(Any, request).context
    return cast(DocumentForm | NewDocument, context.form or context.json)


def _upload(id4: str) -> tuple[Document, bool]:
    with session_scope() as session:
        # In a transaction of its own, because looking at the file and storing it may take long.
        part_id4 = PartService.get(session, id4).id4
    upload = receive_document(request.files.getlist("file"), app().document_reader)
    keep([upload], app().store)
    return DocumentService.create(db(), part_id4, upload.sha256, filename=upload.filename)


def _refer(id4: str, given: NewDocument) -> tuple[Document, bool]:
    part_id4 = PartService.get(db(), id4).id4
    if given.url:
        return DocumentService.create_link(db(), part_id4, str(given.url))
    original = (
        DocumentService.get(db(), given.document)
        if given.document
        else DocumentService.get_with_bytes(db(), given.sha256 or "")
    )
    return DocumentService.share(db(), part_id4, original)


@bp.get("/documents/<int:document_id>")
@spec.validate(resp=answers(404, HTTP_200=DocumentDetail), tags=["documents"])
def get(document_id: int) -> DocumentDetail:
    """Show a document, with the properties and chapters of a PDF."""
    document = DocumentService.get(db(), document_id)
    return document_detail(document, StructureService.list_chapters(db(), document.blob_sha256 or ""))


@bp.patch("/documents/<int:document_id>")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=DocumentOut), tags=["documents"])
def change(document_id: int, json: DocumentPatch) -> DocumentOut:
    """Change the title of a document, or whether it is the part's main image or datasheet."""
    document = DocumentService.lock(db(), document_id)
    DocumentService.update(db(), document, json)
    return document_out(document)


@bp.delete("/documents/<int:document_id>")
@spec.validate(resp=answers(404, HTTP_204=None), tags=["documents"])
def delete(document_id: int) -> tuple[str, int]:
    """Delete a document of a part; other parts keep theirs, and unreferenced bytes are deleted later."""
    DocumentService.delete(db(), document_id)
    return "", 204


@bp.get("/documents/<int:document_id>/content")
@spec.validate(
    resp=answers(404, 416, 429, files={200: STORED_TYPES, 206: STORED_TYPES}, HTTP_304=None),
    tags=["documents"],
)
def content(document_id: int) -> Response:
    """Send the bytes of a document, or a range of them."""
    document = DocumentService.get(db(), document_id)
    if document.blob is None:
        raise NotFound("content of document", document_id)
    return deliver(document.blob, document.original_filename, app().store)


@bp.get("/documents/<int:document_id>/thumbnail")
@spec.validate(
    resp=answers(404, 416, files={200: ["image/jpeg"], 206: ["image/jpeg"]}, HTTP_304=None), tags=["documents"]
)
def thumbnail(document_id: int, query: ThumbnailQuery) -> Response:
    """Send a small picture of a document, of a PDF its first page; it is there within seconds of the upload."""
    document = DocumentService.get(db(), document_id)
    if document.blob is None:
        raise NotFound("thumbnail of document", document_id)
    found = ThumbnailService.find_nearest(db(), document.blob.sha256, query.size)
    if found is None:
        return _no_thumbnail(document.blob)
    return deliver(found.image, document.original_filename, app().store)


def _no_thumbnail(blob: Blob) -> Response:
    if blob.prepared_at is not None:
        sentence = "no picture can be made of this document; download its content instead"
        return problem(ErrorCode.NOT_FOUND, sentence, state="none")
    answer = problem(ErrorCode.NOT_FOUND, "the thumbnail is not made yet; ask again in a few seconds", state="pending")
    answer.headers["Retry-After"] = "2"
    return answer
