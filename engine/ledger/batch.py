"""Batches of runs."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.ledger.run import RunService
from models import Batch, PipelineRun
from schemas.errors import NotFound
from schemas.run import RunState


class BatchService:
    """A batch is what its runs are."""

    @staticmethod
    def get(session: Session, batch_id: UUID) -> Batch:
        """Return a batch.

        Raises:
            NotFound: there is no such batch.
        """
        batch = session.get(Batch, batch_id)
        if batch is None:
            raise NotFound("batch", batch_id)
        return batch

    @staticmethod
    def states(session: Session, batch_id: UUID) -> Mapping[RunState, int]:
        """Count a batch's runs by state."""
        counted = select(PipelineRun.state, func.count()).where(PipelineRun.batch_id == batch_id)
        rows = session.execute(counted.group_by(PipelineRun.state)).all()
        return {RunState(state): count for state, count in rows}

    @staticmethod
    def cancel(session: Session, batch_id: UUID) -> None:
        """Ask all runs of a batch to stop that have not ended."""
        # Locked in the order in which they are sent, because just now somebody may be sending them.
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
        session.execute(
            update(PipelineRun)
            .where(PipelineRun.id.in_(open_runs))
            .values(cancel_requested_at=func.now(), version=PipelineRun.version + 1)
        )
        RunService.settle_cancelled(session, *open_runs)
