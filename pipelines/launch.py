"""Starting runs: rows in the caller's transaction, messages after its commit."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from kombu.exceptions import OperationalError
from sqlalchemy.orm import Session

from models import PipelineRun
from models.session import session_scope
from pipelines.canvas import Canvas, key, leaves, without
from pipelines.part_intake import part_intake
from pipelines.photo_intake import photo_intake
from schemas.base import Dto
from schemas.document import DocumentKind
from schemas.errors import Unprocessable
from schemas.markings import Code
from schemas.run import DONE, PartIntakeInput, PartIntakeRequest, PhotoIntakeInput, Pipeline
from services.document import DocumentService
from services.labels import parse_label
from services.part import PartService
from services.run import RunService
from settings import get_settings
from tasks.fetch import fetch_candidate

CANVASES: dict[Pipeline, Canvas] = {
    Pipeline.PHOTO_INTAKE: photo_intake,
    Pipeline.PART_INTAKE: part_intake,
}

_LONGEST_NUMBER = 100

_log = structlog.get_logger()


def start_photo_intake(session: Session, photo: PhotoIntakeInput, *, part_id4: str | None = None) -> PipelineRun:
    """Insert a run for a photo whose blob is there, and a part for it unless one is named.

    Raises:
        NotFound: there is no such part.
    """
    part = PartService.get(session, part_id4) if part_id4 else PartService.create(session)
    document = DocumentService.attach(
        session, part.id4, DocumentKind.IMAGE, sha256=photo.photo_sha256, filename=photo.filename
    )
    if part.image_id is None:
        part.image_id = document
    return _start(session, Pipeline.PHOTO_INTAKE, photo, part.id4)


def start_part_intake(session: Session, request: PartIntakeRequest) -> PipelineRun:
    """Insert a run for a typed number, or for all that a scanner read off a label.

    Raises:
        NotFound: there is no such part.
        Unprocessable: the text holds no part number.
    """
    label = parse_label(Code(text=request.manufacturer_code, symbology="scanned"))
    if label and not label.manufacturer_code:
        raise Unprocessable("the label names no part number; type the one printed on it", field="manufacturer_code")
    code = (label.manufacturer_code if label else None) or request.manufacturer_code.strip()
    if len(code) > _LONGEST_NUMBER or not code.isprintable():
        raise Unprocessable("this is neither a part number nor a label that can be read", field="manufacturer_code")
    given = PartIntakeInput(
        manufacturer_code=code,
        manufacturer=request.manufacturer or (label.manufacturer if label else None),
        quantity=label.quantity if label else None,
    )
    if request.part:
        part = PartService.get(session, request.part)
        PartService.set_field(session, part, "manufacturer_code", given.manufacturer_code, by="person")
    else:
        part = PartService.create(session, manufacturer_code=given.manufacturer_code, manufacturer=given.manufacturer)
    return _start(session, Pipeline.PART_INTAKE, given, part.id4)


def _start(session: Session, pipeline: Pipeline, given: Dto, part_id4: str) -> PipelineRun:
    settings = get_settings().pipeline
    canvas = CANVASES[pipeline]("", 0, settings.max_datasheet_candidates)
    return RunService.create(
        session,
        pipeline,
        given,
        part_id4=part_id4,
        steps=[key(leaf) for leaf in leaves(canvas)],
        deadline=settings.deadline_seconds,
    )


def publish(run_ids: Sequence[UUID]) -> None:
    """Send runs to the workers, once their rows are committed.

    A broker that is down loses nothing: the rows say what is to be done, and the reconciler sends them later.
    """
    for run_id in run_ids:
        try:
            dispatch(run_id)
        except OperationalError as error:
            _log.warning("broker is down; the reconciler will send the runs", run=str(run_id), error=str(error))
            return
        except Exception as error:  # noqa: BLE001 - whatever kept it from being sent, the row says that it is to be
            _log.warning("run not sent; the reconciler will", run=str(run_id), error=str(error))


def dispatch(run_id: UUID) -> None:
    """Send what is left of a run under a new epoch, which fences off every message sent before."""
    with session_scope() as session:
        run = RunService.next_epoch(session, run_id)
    if run is None:
        return
    # As many slots as the run was written with, whatever the setting is by now.
    slots = sum(step.name == fetch_candidate.name for step in run.steps)
    done = {(step.name, step.slot) for step in run.steps if step.state in DONE}
    without(CANVASES[Pipeline(run.pipeline)](str(run_id), run.epoch, slots), done).apply_async()
