"""The backlog: which steps wait for the workers, according to the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from models.pipeline_run import PipelineRun
from models.pipeline_step import PipelineStep
from schemas.ledger import DONE, Lane, StepState


@dataclass(frozen=True)
class Backlog:
    """The runs of a lane whose next step is of one name; `oldest` is seconds since the first of them got on."""

    step: str
    lane: Lane
    runs: int
    oldest: float


class BacklogService:
    """The rows know how long a run has been waiting; messages would have to be taken out to be asked."""

    @staticmethod
    def list(session: Session) -> Sequence[Backlog]:
        """Return what waits, by step and lane."""
        next_steps = (
            select(PipelineStep.name, PipelineStep.state, PipelineRun.lane, PipelineRun.progress_at)
            .join(PipelineRun, PipelineRun.id == PipelineStep.run_id)
            .where(PipelineRun.finished_at.is_(None), PipelineStep.state.not_in(DONE))
            .ext(distinct_on(PipelineStep.run_id))
            .order_by(PipelineStep.run_id, PipelineStep.position)
            .subquery()
        )
        oldest = func.extract("epoch", func.now() - func.min(next_steps.c.progress_at))
        rows = session.execute(
            select(next_steps.c.name, next_steps.c.lane, func.count(), oldest)
            .where(next_steps.c.state != StepState.RUNNING)
            .group_by(next_steps.c.name, next_steps.c.lane)
        )
        return [Backlog(name, lane, runs, float(seconds)) for name, lane, runs, seconds in rows]
