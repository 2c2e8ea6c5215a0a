"""Reconciling: runs that a crash, a lost message or a broker that was down left behind are sent again."""

from contextlib import suppress

import structlog
from celery import shared_task

from engine.clock import Clock
from engine.dispatch import feed_batches, send
from engine.ledger.stalled import ReconcileService
from engine.pipeline import outdated
from engine.resume import resume
from engine.worker.routes import Queue, assign
from models.locks import passing_over_locked
from models.session import session_scope
from observability.metrics import RECONCILED
from schemas.errors import DomainError
from settings import get_settings

_log = structlog.get_logger()

_clock = Clock()

assign("pipelines.reconcile", Queue.MAINTENANCE)


@shared_task(name="pipelines.reconcile")
def reconcile() -> None:
    """End runs that were cancelled or are overdue, send stalled runs again, and resume those that are due to heal.

    One at a time is enough; two at once do no harm.
    """
    settings = get_settings().engine
    with session_scope() as session:
        if not ReconcileService.try_lock(session):
            return
        if _clock.jumped(session):
            _log.warning("the database's clock was set; the times of open runs begin anew")
            ReconcileService.update_times(session, lease=settings.lease_seconds, heal=settings.heal_seconds)
        ended = ReconcileService.end_overdue(session)
        to_heal = ReconcileService.list_due_to_heal(session, limit=settings.reconcile_batch, outdated=outdated())
        stalled = ReconcileService.list_stalled(session, stall=settings.stall_seconds, limit=settings.reconcile_batch)
    healed = 0
    for run_id in to_heal:
        # Each by itself, so that subjects are locked one at a time. A run that a person has reopened is left alone.
        with suppress(DomainError), passing_over_locked(), session_scope() as session:
            resume(session, run_id, healing=True)
            healed += 1
    if stalled:
        _log.info("sending runs again", runs=[str(run_id) for run_id in stalled])
        send(stalled)
    # Also those of which there were none, so that the first is seen to come.
    for action, count in (("ended", ended), ("healed", healed), ("resent", len(stalled))):
        RECONCILED.labels(action).inc(count)
    feed_batches()
