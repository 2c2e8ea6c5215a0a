"""From a photo to a finished part."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from celery import chain
from celery.canvas import Signature
from sqlalchemy.orm import Session

from engine.enqueue import enqueue
from engine.pipeline import Pipeline, RunSteps
from models import Batch, PipelineRun
from pipelines.part_intake import from_number, withdraw_suggestions
from schemas.base import Dto
from schemas.document import DocumentKind
from schemas.intake import PhotoIntakeInput
from schemas.ledger import Lane
from services.document import DocumentService
from services.part import PartService
from settings import get_settings
from tasks.vision import prepare_photo, read_markings


def canvas(steps: RunSteps) -> Signature[Any]:
    """Prepare photo → read markings → identify part → compare part → … as part_intake."""
    return chain(steps.one(prepare_photo), steps.one(read_markings), *from_number(steps))


PHOTO_INTAKE: Pipeline[Dto] = Pipeline(
    name="photo_intake",
    canvas=canvas,
    lock=PartService.lock,
    reopen=withdraw_suggestions,
    outdates=frozenset({"part_intake"}),
)


def start_photo_intake(
    session: Session, photos: Sequence[PhotoIntakeInput], *, part_id4: str | None = None
) -> list[PipelineRun]:
    """Insert a run for each photo, whose blobs are there, and a part for each unless one is named.

    Several photos are a batch. A large batch is bulk work, so that single photos overtake it.

    Raises:
        NotFound: the part does not exist.
    """
    batch = Batch(id=uuid4(), total=len(photos)) if len(photos) > 1 else None
    if batch:
        session.add(batch)
        session.flush()
    lane = Lane.BULK if len(photos) > get_settings().intake.interactive_photos else Lane.INTERACTIVE
    return [
        enqueue(
            session,
            PHOTO_INTAKE,
            photo.model_copy(update={"is_new": part_id4 is None}),
            subject=picture(session, photo, part_id4),
            batch=batch,
            lane=lane,
        )
        for photo in photos
    ]


def picture(session: Session, photo: PhotoIntakeInput, part_id4: str | None) -> str:
    """Return the part that a photo is of, a new one unless one is named, with the photo attached."""
    part = PartService.get(session, part_id4) if part_id4 else PartService.create(session)
    document = DocumentService.attach(
        session, part.id4, DocumentKind.IMAGE, sha256=photo.photo_sha256, filename=photo.filename
    )
    if part.image_id is None and part.set_by.get("image_id") != "person":
        part.image_id = document
    return part.id4
