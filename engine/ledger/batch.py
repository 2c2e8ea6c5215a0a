"""Batches of runs."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.batch import Batch
from models.pipeline_run import PipelineRun
from schemas.errors import NotFound
from schemas.ledger import RunState


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
    def count_by_state(session: Session, batch_id: UUID) -> Mapping[RunState, int]:
        """Count a batch's runs by state."""
        counted = select(PipelineRun.state, func.count()).where(PipelineRun.batch_id == batch_id)
        return dict(session.execute(counted.group_by(PipelineRun.state)).all())
