"""From a part number to a finished part."""

from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID, uuid5

from celery import chain, chord
from celery.canvas import Signature
from sqlalchemy.orm import Session

from engine.enqueue import enqueue
from engine.ledger.ledger import Ledger
from engine.ledger.run import RunService
from engine.pipeline import Pipeline, RunSteps
from engine.step.finish import finish_run
from models import PipelineRun, Suggestion
from schemas.errors import Unprocessable
from schemas.identification import Identification
from schemas.intake import PartIntakeInput, PartIntakeRequest
from schemas.markings import Code
from schemas.suggestion import PartNumberValue, SuggestionField
from services.identification import is_plausible, parse_distributor_label
from services.part import PartService
from services.suggestion import SuggestionService
from settings import get_settings
from tasks.assist import categorise_part, discover_datasheets, tag_part
from tasks.compare import compare_part
from tasks.fetch import fetch_candidate
from tasks.identify import identify_part
from tasks.ingest import ingest_datasheet
from tasks.inventory import choose_datasheet, suggest_slot

_CONTINUED = UUID("0d5bd5f4-2f0b-4a52-8f0c-6c2f6e1c9c55")
"The namespace of the runs that accepting a part number starts."

_PROPOSES = {
    identify_part.name: SuggestionField.PART_NUMBER,
    compare_part.name: SuggestionField.SAME_PART,
    tag_part.name: SuggestionField.TAGS,
    categorise_part.name: SuggestionField.TYPE,
    suggest_slot.name: SuggestionField.STOCK,
}
"The field of the part that a step proposes a value for."


def canvas(steps: RunSteps) -> Signature[Any]:
    """Identify part → … → finish."""
    return chain(*from_number(steps))


def from_number(steps: RunSteps) -> list[Signature[Any]]:
    """Identify → compare → discover → chord(fetch 1..N → choose) → ingest → tag → categorise → slot → finish."""
    return [
        steps.one(identify_part),
        steps.one(compare_part),
        steps.one(discover_datasheets),
        chord(steps.each(fetch_candidate, get_settings().intake.max_datasheet_candidates), steps.one(choose_datasheet)),
        steps.one(ingest_datasheet),
        steps.one(tag_part),
        steps.one(categorise_part),
        steps.one(suggest_slot),
        steps.one(finish_run),
    ]


def start_part_intake(session: Session, request: PartIntakeRequest) -> PipelineRun:
    """Insert a run for a typed number, or for the text that a scanner read off a distributor label.

    Raises:
        NotFound: the part does not exist.
        Unprocessable: the text holds no part number.
    """
    given = _read(request)
    if request.part:
        part = PartService.get(session, request.part)
        PartService.set_field(session, part, "manufacturer_code", given.manufacturer_code, by="person")
    else:
        part = PartService.create(session, manufacturer_code=given.manufacturer_code, manufacturer=given.manufacturer)
        given = given.model_copy(update={"is_new": True})
    return enqueue(session, PART_INTAKE, given, subject=part.id4)


def _read(request: PartIntakeRequest) -> PartIntakeInput:
    label = parse_distributor_label(Code(text=request.manufacturer_code, symbology="scanned"))
    if label and not label.manufacturer_code:
        raise Unprocessable("the label names no part number; type the one printed on it", field="manufacturer_code")
    code = (label.manufacturer_code if label else None) or request.manufacturer_code.strip()
    if not is_plausible(code):
        raise Unprocessable(
            "this is neither a part number nor a label that can be read; type the number that is printed on the part",
            field="manufacturer_code",
        )
    return PartIntakeInput(
        manufacturer_code=code,
        manufacturer=request.manufacturer or (label.manufacturer if label else None),
        quantity=label.quantity if label else None,
    )


def continue_intake(session: Session, suggestion: Suggestion, *, quantity: int | None = None) -> PipelineRun | None:
    """Insert the run that goes on from a part number that a person accepted: datasheet, tags, type and slot.

    None for any other suggestion, and when it was accepted before.
    """
    run_id = uuid5(_CONTINUED, f"{suggestion.id}{f' {suggestion.undone}' if suggestion.undone else ''}")
    if suggestion.field != SuggestionField.PART_NUMBER or RunService.find_version(session, run_id) is not None:
        return None
    number = PartNumberValue.model_validate((suggestion.decision or {}).get("value") or suggestion.value)
    asked = Ledger.find_output(session, suggestion.run_id, str(identify_part.name)) if suggestion.run_id else None
    given = PartIntakeInput(
        manufacturer_code=number.manufacturer_code,
        manufacturer=number.manufacturer,
        quantity=quantity or number.quantity or (Identification.model_validate(asked).quantity if asked else None),
        is_new=_is_new(session, suggestion),
    )
    return enqueue(session, PART_INTAKE, given, subject=suggestion.part_id4, run_id=run_id)


def _is_new(session: Session, suggestion: Suggestion) -> bool:
    """Whether the part of a suggestion was made by the run that proposed it."""
    run = session.get(PipelineRun, suggestion.run_id) if suggestion.run_id else None
    return run is not None and bool(run.input.get("is_new"))


def withdraw_suggestions(session: Session, run_id: UUID, steps: AbstractSet[str]) -> None:
    """Withdraw what the named steps of a run proposed and nobody has decided on, because they will propose again."""
    SuggestionService.withdraw(session, run_id, {field for step, field in _PROPOSES.items() if step in steps})


PART_INTAKE = Pipeline(
    name="part_intake",
    canvas=canvas,
    summary="Start from a typed part number, or from the text that a scanner read off a distributor label.",
    takes=PartIntakeRequest,
    start=start_part_intake,
    lock=PartService.lock,
    reopen=withdraw_suggestions,
    outdates=frozenset({"photo_intake"}),
)
