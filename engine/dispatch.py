"""Dispatching: runs are sent to the workers once their rows are committed."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import structlog
from amqp.exceptions import NotFound as MissingOnBroker
from celery import chain, shared_task
from celery.canvas import Signature
from sqlalchemy.orm import Session

from engine.canvas import key, leaves, remaining, whole
from engine.faults import FaultPoint, reach
from engine.ledger.dispatch import DispatchService, retire_steps
from engine.queues import declare_queues
from engine.worker.routes import Queue, assign, bulk_queue
from models.locks import passing_over_locked
from models.pipeline_run import PipelineRun
from models.session import session_scope
from schemas.errors import NotFound
from schemas.ledger import Lane
from settings import get_settings

_log = structlog.get_logger()

assign("pipelines.feed", Queue.MAINTENANCE)


def publish(runs: Iterable[PipelineRun]) -> None:
    """Send runs that a person waits for, and of the bulk runs as many as the window has room for.

    A broker that is down loses nothing: the rows say what is to be done, and the reconciler sends them later.
    """
    lanes = {run.id: run.lane for run in runs}
    send([run_id for run_id, lane in lanes.items() if lane == Lane.INTERACTIVE])
    if Lane.BULK in lanes.values():
        feed_batches()


def feed_batches() -> None:
    """Send as many runs of batches as the window has room for."""
    with session_scope() as session:
        chosen = DispatchService.list_next_of_batches(session, window=get_settings().engine.bulk_window)
        raised = [_raise(session, run_id) for run_id in chosen]
    _send([run for run in raised if run])


@shared_task(name="pipelines.feed")
def feed() -> None:
    """Send the next run of a batch where one has ended; when a feed is lost, the reconciler makes up for it."""
    feed_batches()


def send(run_ids: Sequence[UUID]) -> None:
    """Send what is left of runs, each under a new epoch."""
    for place, run_id in enumerate(run_ids):
        run = None
        try:
            # The reconciler sends a run later that another transaction holds.
            with passing_over_locked(), session_scope() as session:
                run = _raise(session, run_id)
        except (NotFound, ValueError):
            # Newer code may have pipelines that this code does not know; the other runs must not wait for that.
            _log.exception("run cannot be sent by this code", run=str(run_id))
            continue
        if run and not _send([run]):
            with session_scope() as session:
                DispatchService.wait_for_broker(session, run_ids[place + 1 :])
            return


def _raise(session: Session, run_id: UUID) -> PipelineRun | None:
    run = DispatchService.raise_epoch(session, run_id)
    if run:
        retire_steps(run, {key(leaf) for leaf in leaves(whole(run))})
    return run


def _send(runs: Sequence[PipelineRun]) -> bool:
    """Publish dispatched runs, and take back those that the broker does not take; returns whether it took all."""
    for place, run in enumerate(runs):
        try:
            reach(FaultPoint.BEFORE_PUBLISH)
            _publish(run)
            reach(FaultPoint.AFTER_PUBLISH)
            _log.info("run sent", run=str(run.id), part=run.subject, pipeline=run.pipeline, epoch=run.epoch)
        except Exception as error:  # noqa: BLE001 - whatever kept it from being sent, the row says that it is to be
            _log.warning("run not sent; the reconciler will", run=str(run.id), error=str(error))
            with session_scope() as session:
                for left in runs[place:]:
                    DispatchService.take_back(session, left)
            return False
    return True


def _publish(run: PipelineRun) -> None:
    try:
        _message(run).apply_async()
    except MissingOnBroker:
        # Somebody has deleted the exchange. Without it nothing gets through, and nobody else would make it again.
        _log.warning("the broker's exchange is missing; declaring it")
        declare_queues(get_settings().broker, recreate=False)
        _message(run).apply_async()


def _message(run: PipelineRun) -> Signature[object]:
    canvas = remaining(run)
    if run.lane == Lane.INTERACTIVE:
        return canvas
    for leaf in leaves(canvas):
        leaf.set(queue=bulk_queue(str(leaf.task)))
    return chain(canvas, feed.si())
