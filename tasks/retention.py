"""The task that clears away what is kept for a time only; documents and findings are kept for ever."""

from collections.abc import Callable
from functools import partial

from celery import shared_task
from sqlalchemy.orm import Session

from engine.ledger.firing import FiringService
from engine.ledger.permit import PermitService
from engine.ledger.retention import RunRetentionService
from engine.worker.routes import Queue, assign
from models.session import session_scope
from services.ai_call import AiCallService
from services.idempotency import IdempotencyService
from services.part import PartRetirementService
from services.reorg import ReorgPlanService
from services.slot_reservation import SlotReservationService
from settings import get_settings

assign("pipelines.forget", Queue.MAINTENANCE)


@shared_task(name="pipelines.forget")
def forget() -> None:
    """Delete what is old, such as runs, keys and reservations, and retire unidentified parts; a few at a time."""
    retention = get_settings().retention
    for clear_old, days in (
        (RunRetentionService.delete_old, retention.runs_days),
        (FiringService.delete_old, retention.firings_days),
        (IdempotencyService.delete_old, retention.keys_days),
        (AiCallService.delete_old, retention.ai_calls_days),
        (ReorgPlanService.delete_old, retention.reorg_plans_days),
    ):
        _until_done(partial(clear_old, days=days))
    if retention.unidentified_days:
        _until_done(partial(PartRetirementService.retire_old, days=retention.unidentified_days))
    _until_done(PermitService.delete_expired)
    _until_done(SlotReservationService.delete_expired)


def _until_done(clear: Callable[[Session], int]) -> None:
    cleared = None
    while cleared != 0:
        with session_scope() as session:
            cleared = clear(session)
