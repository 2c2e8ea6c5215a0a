"""Tasks that make documents ready to be found and shown: text, structure and thumbnails. They belong to no run."""

from datetime import timedelta

import structlog
from celery import shared_task

from clients.files.pdf_structure import UNREAD
from clients.object_store import Bucket
from engine.worker.routes import Queue, assign
from models import Blob
from models.session import session_scope
from schemas.errors import Permanent, Refused, Transient
from services.document import BlobService, StructureService, ThumbnailService
from settings import get_settings
from tasks.clients import image_reader, pdf_reader
from tasks.objects import copied, write

PDF = "application/pdf"
_BATCH = 100

_log = structlog.get_logger()

assign("document.prepare", Queue.DOCUMENTS)
assign("document.prepare_missing", Queue.MAINTENANCE)


@shared_task(name="document.prepare", autoretry_for=(Transient,), retry_backoff=True, max_retries=3)
def prepare_document(sha256: str) -> None:
    """Index a blob, read its structure and make its thumbnails, unless done; what cannot be read is left without."""
    with session_scope() as session:
        blob = session.get(Blob, sha256)
        if blob is None or blob.prepared_at is not None:
            return
        indexed = BlobService.is_indexed(session, sha256)
    try:
        if blob.media_type == PDF and not indexed:
            _index(blob)
        if blob.media_type == PDF and blob.properties is None:
            _describe(blob)
        thumbnails = _thumbnails(blob)
    except (Refused, Permanent) as refusal:
        _log.info("document has no thumbnail", sha256=sha256, reason=str(refusal))
        thumbnails = {}
    with session_scope() as session:
        if found := BlobService.touch(session, sha256):
            if found.media_type == PDF and found.properties is None:
                StructureService.replace(session, sha256, UNREAD)
            ThumbnailService.replace(session, sha256, thumbnails)
            BlobService.mark_prepared(session, sha256, *thumbnails.values())


@shared_task(name="document.prepare_missing")
def prepare_missing() -> None:
    """Send again what a lost message or a broker that was down left behind; safe to run twice."""
    seconds = get_settings().intake.prepare_seconds
    with session_scope() as session:
        missing = BlobService.list_unprepared(session, untouched_for=timedelta(seconds=seconds), limit=_BATCH)
    for sha256 in missing:
        # Those that wait longer in a full queue are sent again, and would pile up if they did not expire.
        prepare_document.apply_async((sha256,), expires=seconds)


def _index(blob: Blob) -> None:
    with copied(Bucket(blob.bucket), blob.sha256) as file:
        pdf = pdf_reader().read(file)
    with session_scope() as session:
        if found := BlobService.touch(session, blob.sha256):
            BlobService.index_pages(session, blob.sha256, pdf.pages)
            found.page_count = pdf.page_count


def _describe(blob: Blob) -> None:
    with copied(Bucket(blob.bucket), blob.sha256) as file:
        structure = pdf_reader().describe(file)
    with session_scope() as session:
        if BlobService.touch(session, blob.sha256):
            StructureService.replace(session, blob.sha256, structure)


def _thumbnails(blob: Blob) -> dict[int, str]:
    """Store the thumbnails of a blob and return their sha256 by size; each is made of the next larger one."""
    images: dict[int, str] = {}
    picture: bytes | None = None
    for side in sorted(get_settings().image.thumbnail_sides, reverse=True):
        picture = image_reader().prepare(picture, max_side=side).jpeg if picture else _largest(blob, side)
        images[side] = write(Bucket.IMAGES, picture, "image/jpeg")
    return images


def _largest(blob: Blob, side: int) -> bytes:
    with copied(Bucket(blob.bucket), blob.sha256) as file:
        if blob.media_type == PDF:
            return pdf_reader().draw(file, side=side)
        return image_reader().prepare(file, max_side=side).jpeg
