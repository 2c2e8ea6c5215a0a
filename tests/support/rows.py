"""Rows and uploads that the API's tests start from."""

import hashlib
import io
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.http.transaction import PartflowFlask
from clients.object_store import Bucket, ObjectStore, content_key
from engine.ledger.run import RunService
from models.session import session_scope
from schemas.document import DocumentKind
from schemas.evidence import Evidence, EvidenceKind
from schemas.intake import PartIntakeInput
from schemas.stock import Receive
from schemas.suggestion import SuggestionField
from services.box import BoxService
from services.document import BlobService, DocumentService
from services.part import PartService
from services.stock import StockService
from services.suggestion import SuggestionService
from services.type import TypeService

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"a photo" * 20


def post_photos(client: FlaskClient, *photos: tuple[bytes, str], **more: Any) -> TestResponse:
    """Post photos (content and name) to photo intake; `data` has other form fields."""
    data = {"photo": [(io.BytesIO(content), name) for content, name in photos], **more.pop("data", {})}
    return client.post("/pipelines/photo-intake/runs", data=data, content_type="multipart/form-data", **more)


def new_part(code: str | None = None, *, type_: str | None = None, description: str | None = None) -> str:
    """Insert a part, and its type where it is new."""
    with session_scope() as session:
        part = PartService.create(session, manufacturer_code=code)
        if type_ and TypeService.find(session, type_) is None:
            TypeService.create(session, type_)
        given = {"type": type_, "description": description}
        PartService.update(session, part, {name: value for name, value in given.items() if value is not None})
        return part.id4


def new_run(part: str | None = None) -> UUID:
    """Insert a run of two steps that nobody carries out."""
    with session_scope() as session:
        return RunService.create(
            session,
            "part_intake",
            PartIntakeInput(manufacturer_code="NE555P"),
            subject=part,
            steps=[("part.identify", 0), ("run.finish", 0)],
            deadline=3600,
        ).id


def new_suggestion(part: str, field: SuggestionField, value: Any) -> int:
    """Propose a value, with one reason, and accept nothing."""
    run_id = new_run(part)
    with session_scope() as session:
        return SuggestionService.propose(
            session,
            PartService.get(session, part),
            field,
            value,
            run_id=run_id,
            confidence=0.5,
            evidence=[Evidence(kind=EvidenceKind.BARCODE, quote="as printed")],
            accept_from=None,
        ).id


def new_box(capacity: int = 3) -> int:
    """Insert a box."""
    with session_scope() as session:
        return BoxService.create(session, description="a box", capacity=capacity).box_no


def put_stock(part: str, box_no: int, loc_no: int, quantity: int, command_id: UUID) -> None:
    """Book stock, whatever else lies there."""
    order = Receive(command_id=command_id, quantity=quantity, slot=f"{box_no}-{loc_no}", share=True)
    with session_scope() as session:
        StockService.carry_out(session, part, order)


def new_document(
    store: ObjectStore, content: bytes, *, name: str | None = "datasheet.pdf", media_type: str = "application/pdf"
) -> int:
    """Store bytes and attach them to a new part."""
    sha256 = hashlib.sha256(content).hexdigest()
    key = content_key(sha256)
    store.put(Bucket.DOCS, key, io.BytesIO(content), size=len(content), media_type=media_type)
    part = new_part()
    with session_scope() as session:
        BlobService.ensure(
            session, sha256=sha256, bucket=Bucket.DOCS, s3_key=key, size=len(content), media_type=media_type
        )
        return DocumentService.attach(session, part, DocumentKind.PDF, sha256=sha256, filename=name)


def upload(client: FlaskClient, part: str, content: bytes, name: str = "sheet.pdf", **more: Any) -> TestResponse:
    """Hand in a file as a document of a part."""
    data = {"file": (io.BytesIO(content), name), **more}
    return client.post(f"/parts/{part}/documents", data=data, content_type="multipart/form-data")


def store_of(client: FlaskClient) -> ObjectStore:
    """Return the object store of the application."""
    assert isinstance(client.application, PartflowFlask)
    return client.application.store


def objects(client: FlaskClient) -> list[str]:
    """Return the keys of all that is stored."""
    return [key for bucket in Bucket for key in store_of(client).keys(bucket)]
