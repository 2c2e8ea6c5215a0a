"""Retention of runs: those that ended long ago are deleted; what they found is kept."""

from datetime import timedelta

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from models.batch import Batch
from models.pipeline_run import PipelineRun

_AT_ONCE = 500
"Rows that one transaction deletes, so that it holds nobody up for long."


class RunRetentionService:
    """Each call deletes a few of the oldest and returns how many."""

    @staticmethod
    def delete_old(session: Session, *, days: int) -> int:
        """Delete runs that ended more than a number of days ago, with their steps, and batches that are empty then."""
        old = (
            select(PipelineRun.id)
            .where(PipelineRun.finished_at < func.now() - timedelta(days=days), PipelineRun.heal_at.is_(None))
            .order_by(PipelineRun.finished_at)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        batches = session.scalars(
            delete(PipelineRun).where(PipelineRun.id.in_(old)).returning(PipelineRun.batch_id)
        ).all()
        is_empty = ~exists().where(PipelineRun.batch_id == Batch.id)
        session.execute(delete(Batch).where(Batch.id.in_(set(batches)), is_empty))
        return len(batches)
