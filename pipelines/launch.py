"""Starting runs: rows in the caller's transaction, messages after its commit."""

from collections.abc import Sequence
from uuid import UUID, uuid5

import structlog
from kombu.exceptions import OperationalError
from sqlalchemy.orm import Session

from models import PipelineRun, Suggestion
from models.session import session_scope
from pipelines.canvas import Canvas, key, leaves, without
from pipelines.part_intake import part_intake
from pipelines.photo_intake import photo_intake
from schemas.base import Dto
from schemas.document import DocumentKind
from schemas.errors import Unprocessable
from schemas.identification import Identification
from schemas.markings import Code
from schemas.run import DONE, PartIntakeInput, PartIntakeRequest, PhotoIntakeInput, Pipeline
from schemas.suggestion import PartNumberValue, SuggestionField
from services.document import DocumentService
from services.labels import parse_label
from services.ledger import Ledger
from services.part import PartService
from services.run import RunService
from settings import get_settings
from tasks.fetch import fetch_candidate
from tasks.identify import identify_part

CANVASES: dict[Pipeline, Canvas] = {
    Pipeline.PHOTO_INTAKE: photo_intake,
    Pipeline.PART_INTAKE: part_intake,
}

_LONGEST_NUMBER = 100
_CONTINUED = UUID("0d5bd5f4-2f0b-4a52-8f0c-6c2f6e1c9c55")
"The namespace of the runs that accepting a part number starts."

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


def continue_intake(session: Session, suggestion: Suggestion) -> PipelineRun | None:
    """Insert the run that goes on from a part number a person accepted: datasheet, tags, type and slot.

    None for any other suggestion, and when it was accepted before.
    """
    run_id = uuid5(_CONTINUED, str(suggestion.id))
    if suggestion.field != SuggestionField.PART_NUMBER or RunService.version(session, run_id) is not None:
        return None
    number = PartNumberValue.model_validate(suggestion.value)
    asked = Ledger.output(session, suggestion.run_id, identify_part.name) if suggestion.run_id else None
    given = PartIntakeInput(
        manufacturer_code=number.manufacturer_code,
        manufacturer=number.manufacturer,
        quantity=Identification.model_validate(asked).quantity if asked else None,
    )
    return _start(session, Pipeline.PART_INTAKE, given, suggestion.part_id4, run_id=run_id)


def _start(
    session: Session, pipeline: Pipeline, given: Dto, part_id4: str, *, run_id: UUID | None = None
) -> PipelineRun:
    settings = get_settings().pipeline
    canvas = CANVASES[pipeline]("", 0, settings.max_datasheet_candidates)
    return RunService.create(
        session,
        pipeline,
        given,
        part_id4=part_id4,
        steps=[key(leaf) for leaf in leaves(canvas)],
        deadline=settings.deadline_seconds,
        run_id=run_id,
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
