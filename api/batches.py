"""Batches: runs that one request started together."""

from uuid import UUID

from flask import Blueprint, url_for

from api.http.openapi import answers, spec
from api.http.transaction import db
from engine.cancel import cancel_batch
from engine.ledger.batch import BatchService
from models import Batch
from schemas.run import BatchOut, Progress

bp = Blueprint("batches", __name__, url_prefix="/pipelines/batches")


@bp.get("/<uuid:batch_id>")
@spec.validate(resp=answers(404, HTTP_200=BatchOut), tags=["runs"])
def get(batch_id: UUID) -> BatchOut:
    """Show how far a batch is."""
    return _shown(BatchService.get(db(), batch_id))


@bp.post("/<uuid:batch_id>/cancel")
@spec.validate(resp=answers(404, HTTP_200=BatchOut), tags=["runs"])
def cancel(batch_id: UUID) -> BatchOut:
    """Ask all runs of a batch to stop that have not ended; repeating this changes nothing."""
    batch = BatchService.get(db(), batch_id)
    cancel_batch(db(), batch_id)
    return _shown(batch)


def _shown(batch: Batch) -> BatchOut:
    states = BatchService.count_by_state(db(), batch.id)
    return BatchOut(
        id=batch.id,
        total=batch.total,
        progress=Progress(done=sum(count for state, count in states.items() if state.final), total=batch.total),
        states=dict(states),
        created_at=batch.created_at,
        links={
            "self": url_for("batches.get", batch_id=batch.id),
            "runs": url_for("runs.page", batch=batch.id),
            "cancel": url_for("batches.cancel", batch_id=batch.id),
        },
    )
