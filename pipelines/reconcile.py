"""Mending what a crash, a lost message or a broker that was down left behind."""

import structlog
from celery import shared_task

from models.session import session_scope
from pipelines.launch import publish
from services.reconcile import ReconcileService
from settings import get_settings
from tasks.queues import Queue, assign

_log = structlog.get_logger()

assign("pipelines.reconcile", Queue.MAINTENANCE)


@shared_task(name="pipelines.reconcile")
def reconcile() -> None:
    """End what was cancelled or is overdue, and send again what stands still; safe to run twice at once."""
    settings = get_settings().pipeline
    with session_scope() as session:
        ReconcileService.end_overdue(session)
        stalled = ReconcileService.stalled(session, stall=settings.stall_seconds, limit=settings.reconcile_batch)
    if stalled:
        _log.info("sending runs again", runs=[str(run_id) for run_id in stalled])
        publish(stalled)
