"""Mending what a crash, a lost message or a broker that was down left behind."""

from contextlib import suppress

import structlog
from celery import shared_task

from engine.dispatch import feed_batches, send
from engine.ledger.retention import RetentionService
from engine.ledger.stalled import ReconcileService
from engine.resume import resume
from engine.worker.routes import Queue, assign
from models.session import session_scope
from schemas.errors import DomainError
from settings import get_settings

_log = structlog.get_logger()

assign("pipelines.reconcile", Queue.MAINTENANCE)
assign("pipelines.forget", Queue.MAINTENANCE)


@shared_task(name="pipelines.reconcile")
def reconcile() -> None:
    """End what was cancelled or is overdue, send again what stands still, and try again what may go better by now.

    One at a time is enough; two at once would do no harm.
    """
    settings = get_settings().pipeline
    with session_scope() as session:
        if not ReconcileService.alone(session):
            return
        ReconcileService.end_overdue(session)
        to_heal = ReconcileService.to_heal(session, limit=settings.reconcile_batch)
        stalled = ReconcileService.stalled(session, stall=settings.stall_seconds, limit=settings.reconcile_batch)
    for run_id in to_heal:
        # Each by itself, so that parts are locked one at a time. What a person has opened meanwhile needs nothing.
        with suppress(DomainError), session_scope() as session:
            resume(session, run_id, healing=True)
    if stalled:
        _log.info("sending runs again", runs=[str(run_id) for run_id in stalled])
        send(stalled)
    feed_batches()


@shared_task(name="pipelines.forget")
def forget() -> None:
    """Delete runs and idempotency keys that are older than the settings keep them, a few at a time."""
    settings = get_settings()
    for service, days in (
        (RetentionService.forget_runs, settings.pipeline.keep_days),
        (RetentionService.forget_keys, settings.api.keep_keys_days),
    ):
        deleted = None
        while deleted != 0:
            with session_scope() as session:
                deleted = service(session, days=days)
