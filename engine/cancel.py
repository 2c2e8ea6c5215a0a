"""Cancelling: a flag in the rows, which every claim looks at."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.ledger.run import RunService
from models.pipeline_run import PipelineRun
from schemas.errors import Conflict
from schemas.ledger import RunState


def cancel_run(session: Session, run_id: UUID) -> PipelineRun:
    """Ask a run to stop; it ends before its next step, and at once when no step is being carried out.

    Raises:
        NotFound: there is no such run.
        Conflict: it has ended otherwise.
    """
    run = RunService.get(session, run_id)
    if run.finished_at is not None and run.state != RunState.CANCELLED:
        raise Conflict(f"run {run_id} has ended already: {run.state}", state=run.state)
    _request(session, [run_id])
    session.refresh(run)
    return run


def cancel_batch(session: Session, batch_id: UUID) -> None:
    """Ask all runs of a batch to stop that have not ended."""
    # Locked in the order in which they are sent, because another transaction may be sending them now.
    open_runs = session.scalars(
        select(PipelineRun.id)
        .where(
            PipelineRun.batch_id == batch_id,
            PipelineRun.finished_at.is_(None),
            PipelineRun.cancel_requested_at.is_(None),
        )
        .order_by(PipelineRun.created_at, PipelineRun.id)
        .with_for_update()
    ).all()
    _request(session, open_runs)


def _request(session: Session, run_ids: Sequence[UUID]) -> None:
    session.execute(
        update(PipelineRun)
        .where(PipelineRun.id.in_(run_ids), PipelineRun.cancel_requested_at.is_(None))
        .values(cancel_requested_at=func.now(), version=PipelineRun.version + 1)
    )
    RunService.settle_cancelled(session, *run_ids)
