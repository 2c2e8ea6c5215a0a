"""Starting runs: their rows, in the caller's transaction; messages go out after its commit."""

from collections.abc import Sequence
from uuid import UUID, uuid4, uuid5

from sqlalchemy.orm import Session

from engine.canvas import key, leaves
from engine.ledger.ledger import Ledger
from engine.ledger.run import RunService
from models import Batch, PipelineRun, Suggestion
from pipelines.canvases import CANVASES
from schemas.base import Dto
from schemas.document import DocumentKind
from schemas.errors import Unprocessable
from schemas.identification import Identification
from schemas.markings import Code
from schemas.run import Lane, PartIntakeInput, PartIntakeRequest, PhotoIntakeInput, Pipeline
from schemas.suggestion import PartNumberValue, SuggestionField
from services.document import DocumentService
from services.identification import parse_label
from services.part import PartService
from settings import get_settings
from tasks.identify import identify_part

_LONGEST_NUMBER = 100
_CONTINUED = UUID("0d5bd5f4-2f0b-4a52-8f0c-6c2f6e1c9c55")
"The namespace of the runs that accepting a part number starts."


def start_photo_intake(
    session: Session, photos: Sequence[PhotoIntakeInput], *, part_id4: str | None = None
) -> list[PipelineRun]:
    """Insert a run for each photo, whose blobs are there, and a part for each unless one is named.

    Several photos are a batch, and many of them bulk work, which lets a person's runs go first.

    Raises:
        NotFound: there is no such part.
    """
    batch = Batch(id=uuid4(), total=len(photos)) if len(photos) > 1 else None
    if batch:
        session.add(batch)
        session.flush()
    lane = Lane.BULK if len(photos) > get_settings().pipeline.interactive_photos else Lane.INTERACTIVE
    return [
        _start(session, Pipeline.PHOTO_INTAKE, photo, _pictured(session, photo, part_id4), batch=batch, lane=lane)
        for photo in photos
    ]


def _pictured(session: Session, photo: PhotoIntakeInput, part_id4: str | None) -> str:
    """Return the part that a photo is of, with the photo attached."""
    part = PartService.get(session, part_id4) if part_id4 else PartService.create(session)
    document = DocumentService.attach(
        session, part.id4, DocumentKind.IMAGE, sha256=photo.photo_sha256, filename=photo.filename
    )
    if part.image_id is None and part.set_by.get("image_id") != "person":
        part.image_id = document
    return part.id4


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
    session: Session,
    pipeline: Pipeline,
    given: Dto,
    part_id4: str,
    *,
    run_id: UUID | None = None,
    batch: Batch | None = None,
    lane: Lane = Lane.INTERACTIVE,
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
        batch=batch,
        lane=lane,
    )
