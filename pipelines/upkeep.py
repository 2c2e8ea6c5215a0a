"""Starting what is due: runs of the pipelines that come back to parts, in bulk, so that no person waits for them."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import structlog
from celery import shared_task
from sqlalchemy.orm import Session

from engine.dispatch import publish
from engine.enqueue import enqueue
from engine.pipeline import Pipeline
from engine.worker.routes import Queue, assign
from models import Batch, PipelineRun
from models.session import session_scope
from pipelines.refresh import DATASHEET_REFRESH
from pipelines.retag import RETAG
from schemas.ledger import Lane
from schemas.upkeep import UpkeepRequest
from services.upkeep import DueService, UpkeepService
from settings import get_settings
from tasks.words import words_of_today

_AT_ONCE: Final = 500
"Runs that one transaction inserts; they are a batch."

_log = structlog.get_logger()

assign("datasheet_refresh.start_due", Queue.MAINTENANCE)
assign("retag.start_due", Queue.MAINTENANCE)


def start_due_refreshes() -> int:
    """Start runs for the parts whose datasheets are due, as many as the day still allows, and return how many.

    Run twice, it starts nothing the second time.
    """
    return _start_due(DATASHEET_REFRESH, _due_to_refresh, most=get_settings().refresh.max_per_day)


@shared_task(name="datasheet_refresh.start_due")
def start_due_refreshes_now() -> None:
    """Start the refreshes that are due; safe to run twice, and twice at once."""
    start_due_refreshes()


def start_due_retags() -> int:
    """Start runs for the parts that would be tagged otherwise today, as many as the day still allows; return how many.

    Run twice, it starts nothing the second time.
    """
    return _start_due(RETAG, _due_to_retag, most=get_settings().retag.max_per_day)


@shared_task(name="retag.start_due")
def start_due_retags_now() -> None:
    """Start tagging again what is due; safe to run twice, and twice at once."""
    start_due_retags()


def _due_to_retag(session: Session, limit: int) -> Sequence[str]:
    today = {field.value: (words.by, words.digest) for field, words in words_of_today(session).items()}
    return DueService.list_to_retag(session, RETAG.name, today, limit=limit)


def _due_to_refresh(session: Session, limit: int) -> Sequence[str]:
    settings = get_settings().refresh
    return DueService.list_to_refresh(
        session,
        DATASHEET_REFRESH.name,
        age=timedelta(days=settings.age_days),
        jitter=timedelta(days=settings.jitter_days),
        limit=limit,
    )


def _start_due(pipeline: Pipeline[Any], due: Callable[[Session, int], Sequence[str]], *, most: int) -> int:
    started = 0
    while runs := _start_some(pipeline, due, most=most):
        publish(runs)
        started += len(runs)
    if started:
        _log.info("started what is due", pipeline=pipeline.name, runs=started)
    return started


def _start_some(
    pipeline: Pipeline[Any], due: Callable[[Session, int], Sequence[str]], *, most: int
) -> list[PipelineRun]:
    with session_scope() as session:
        UpkeepService.lock(session, pipeline.name)
        left = most - UpkeepService.count_today(session, pipeline.name)
        parts = due(session, min(left, _AT_ONCE)) if left > 0 else ()
        if not parts:
            return []
        UpkeepService.mark(session, pipeline.name, parts)
        batch = Batch(id=uuid4(), total=len(parts))
        session.add(batch)
        session.flush()
        return [
            enqueue(session, pipeline, UpkeepRequest(part=part), subject=part, batch=batch, lane=Lane.BULK)
            for part in parts
        ]
