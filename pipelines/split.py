"""Parts that were photographed together: each number of a photo gets a part of its own."""

from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from engine.ledger.run import RunService
from models import PipelineRun, Suggestion
from pipelines.part_intake import continue_intake
from pipelines.photo_intake import picture
from schemas.errors import Unprocessable
from schemas.intake import PhotoIntakeInput
from schemas.run import SplitRun
from schemas.suggestion import AcceptSuggestion, SuggestionField, SuggestionState
from services.part import PartService
from services.suggestion import SuggestionService


def split_run(session: Session, run_id: UUID, request: SplitRun) -> list[PipelineRun]:
    """Accept several numbers of one photo: the first for the run's part, each other for a new one, with a run each.

    Raises:
        NotFound: the run does not exist.
        Unprocessable: a suggestion is not an open part number of this run.
        Conflict: a suggestion was decided meanwhile.
    """
    run = RunService.get(session, run_id)
    PartService.lock(session, run.subject or "")
    found = {each.id: each for each in SuggestionService.list_of_run(session, run_id)}
    runs = []
    for asked in request.parts:
        suggestion = found.get(asked.suggestion)
        if suggestion is None or suggestion.field != SuggestionField.PART_NUMBER:
            raise Unprocessable(
                f"suggestion {asked.suggestion} is not a part number of this run; name those of GET {run_id}",
                field="parts",
                suggestion=asked.suggestion,
            )
        give_own_part(session, suggestion)
        accepted = SuggestionService.accept(session, suggestion.id, AcceptSuggestion())
        started = continue_intake(session, accepted, quantity=asked.quantity)
        if started is not None:
            SuggestionService.record_run(session, accepted, started.id)
            runs.append(started)
    return runs


def give_own_part(session: Session, suggestion: Suggestion) -> None:
    """Move an open number of a photo to a new part, if its part has taken another number of that photo already."""
    if suggestion.field != SuggestionField.PART_NUMBER or not suggestion.value.get("beside_others"):
        return
    if (
        suggestion.state != SuggestionState.PROPOSED
        or suggestion.run_id is None
        or not _has_another(session, suggestion)
    ):
        return
    run = RunService.get(session, suggestion.run_id)
    part = picture(session, PhotoIntakeInput.model_validate(run.input), None)
    moved = update(Suggestion).where(Suggestion.id == suggestion.id).values(part_id4=part)
    session.execute(moved.execution_options(synchronize_session=False))
    session.refresh(suggestion)


def _has_another(session: Session, suggestion: Suggestion) -> bool:
    other = exists().where(
        Suggestion.part_id4 == suggestion.part_id4,
        Suggestion.run_id == suggestion.run_id,
        Suggestion.field == SuggestionField.PART_NUMBER,
        Suggestion.state == SuggestionState.ACCEPTED,
    )
    return bool(session.scalar(select(other)))
