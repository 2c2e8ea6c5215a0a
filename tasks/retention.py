"""The task that deletes what is kept for a time only; documents and findings are kept for ever."""

from celery import shared_task

from engine.ledger.retention import RunRetentionService
from engine.worker.routes import Queue, assign
from models.session import session_scope
from services.ai_call import AiCallService
from services.idempotency import IdempotencyService
from settings import get_settings

assign("pipelines.forget", Queue.MAINTENANCE)


@shared_task(name="pipelines.forget")
def forget() -> None:
    """Delete runs, idempotency keys and calls to models that are older than the settings keep, a few at a time."""
    retention = get_settings().retention
    for delete_old, days in (
        (RunRetentionService.delete_old, retention.runs_days),
        (IdempotencyService.delete_old, retention.keys_days),
        (AiCallService.delete_old, retention.ai_calls_days),
    ):
        deleted = None
        while deleted != 0:
            with session_scope() as session:
                deleted = delete_old(session, days=days)
