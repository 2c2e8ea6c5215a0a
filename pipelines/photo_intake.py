"""From a photo to a finished part."""

from typing import Any

from celery import chain
from celery.canvas import Signature

from pipelines.part_intake import from_number
from tasks.vision import prepare_photo, read_markings


def photo_intake(run_id: str, epoch: int, candidates: int) -> Signature[Any]:
    """Prepare photo → read markings → identify part → … as part_intake."""
    return chain(
        prepare_photo.si(run_id, 0, epoch),
        read_markings.si(run_id, 0, epoch),
        *from_number(run_id, epoch, candidates),
    )
