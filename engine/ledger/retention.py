"""What is deleted in time; documents, and what was found, never are."""

from datetime import timedelta

from sqlalchemy import CursorResult, delete, exists, func, select, tuple_
from sqlalchemy.orm import Session

from models import Batch, IdempotencyKey, PipelineRun

_AT_ONCE = 500
"Rows that one transaction deletes, so that it never holds others up."


class RetentionService:
    """Each call deletes a few of the oldest and returns how many."""

    @staticmethod
    def forget_runs(session: Session, *, days: int) -> int:
        """Delete runs that ended so many days ago, with their steps, and batches that have no runs any more."""
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

    @staticmethod
    def forget_keys(session: Session, *, days: int) -> int:
        """Delete idempotency keys that were first used so many days ago."""
        key = tuple_(IdempotencyKey.route, IdempotencyKey.key)
        old = (
            select(IdempotencyKey.route, IdempotencyKey.key)
            .where(IdempotencyKey.created_at < func.now() - timedelta(days=days))
            .limit(_AT_ONCE)
        )
        deleted = session.execute(delete(IdempotencyKey).where(key.in_(old)))
        assert isinstance(deleted, CursorResult)
        return deleted.rowcount
