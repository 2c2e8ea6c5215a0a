"""From a part's datasheet to a later one beside it, if there is one."""

from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from celery import chain
from celery.canvas import Signature
from sqlalchemy.orm import Session

from engine.enqueue import enqueue
from engine.pipeline import Pipeline, RunSteps
from engine.step.finish import finish_run
from models import PipelineRun
from schemas.suggestion import SuggestionField
from schemas.upkeep import UpkeepRequest
from services.part import PartService
from services.suggestion import SuggestionService
from settings import get_settings
from tasks.refresh import check_source, list_sources
from tasks.revise import revise_datasheet


def canvas(steps: RunSteps) -> Signature[Any]:
    """List sources → check source 1 → … → check source N → revise → finish."""
    return chain(
        steps.one(list_sources),
        *steps.each(check_source, get_settings().refresh.max_sources),
        steps.one(revise_datasheet),
        steps.one(finish_run),
    )


def start_refresh(session: Session, request: UpkeepRequest) -> PipelineRun:
    """Insert a run that asks for a later datasheet of a part.

    Raises:
        NotFound: the part does not exist.
    """
    part = PartService.get(session, request.part)
    return enqueue(session, DATASHEET_REFRESH, UpkeepRequest(part=part.id4), subject=part.id4)


def _withdraw(session: Session, run_id: UUID, steps: AbstractSet[str]) -> None:
    if revise_datasheet.name in steps:
        SuggestionService.withdraw(session, run_id, {SuggestionField.DATASHEET})


DATASHEET_REFRESH = Pipeline(
    name="datasheet_refresh",
    canvas=canvas,
    summary="Ask the addresses of a part's datasheet whether there is a later one, and keep that beside it.",
    takes=UpkeepRequest,
    start=start_refresh,
    lock=PartService.lock,
    reopen=_withdraw,
)
