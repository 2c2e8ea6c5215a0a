"""From the words of a part to the words that it would get today."""

from collections.abc import Set as AbstractSet
from typing import Any, Final
from uuid import UUID

from celery import chain
from celery.canvas import Signature
from sqlalchemy.orm import Session

from engine.enqueue import enqueue
from engine.pipeline import Pipeline, RunSteps
from engine.step.finish import finish_run
from models import PipelineRun
from schemas.suggestion import SuggestionField
from schemas.upkeep import RETAG as NAME
from schemas.upkeep import UpkeepRequest
from services.part import PartService
from services.suggestion import SuggestionService
from tasks.retag import recategorise_part, retag_part

_PROPOSES: Final = {retag_part.name: SuggestionField.TAGS, recategorise_part.name: SuggestionField.TYPE}


def canvas(steps: RunSteps) -> Signature[Any]:
    """Tag again → categorise again → finish."""
    return chain(steps.one(retag_part), steps.one(recategorise_part), steps.one(finish_run))


def start_retag(session: Session, request: UpkeepRequest) -> PipelineRun:
    """Insert a run that tags a part again.

    Raises:
        NotFound: the part does not exist.
    """
    part = PartService.get(session, request.part)
    return enqueue(session, RETAG, UpkeepRequest(part=part.id4), subject=part.id4)


def _withdraw(session: Session, run_id: UUID, steps: AbstractSet[str]) -> None:
    SuggestionService.withdraw(session, run_id, {field for step, field in _PROPOSES.items() if step in steps})


RETAG = Pipeline(
    name=NAME,
    canvas=canvas,
    summary="Ask again for the tags and the type of a part, and set or propose only what differs.",
    takes=UpkeepRequest,
    start=start_retag,
    lock=PartService.lock,
    reopen=_withdraw,
)
