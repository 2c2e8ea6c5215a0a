"""The backlog: which steps wait for the workers, according to the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Text, case, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from models.pipeline_run import PipelineRun
from models.pipeline_step import PipelineStep
from schemas.ledger import DONE, Lane, StepState


@dataclass(frozen=True)
class Backlog:
    """The runs of a lane whose next step is of one name; `oldest` is seconds since the first of them got on.

    `reason` is what they wait for: what keeps the run from being sent, the reason code of a step that waits to be tried
    again, or else `worker`.
    """

    step: str
    lane: Lane
    reason: str
    runs: int
    oldest: float


class BacklogService:
    """The rows know how long a run has been waiting; messages would have to be taken out to be asked."""

    @staticmethod
    def list(session: Session) -> Sequence[Backlog]:
        """Return what waits, by step, lane and reason."""
        of_step = case((PipelineStep.state == StepState.WAITING, PipelineStep.reason))
        reason = func.coalesce(cast(PipelineRun.waiting_for, Text), of_step, "worker").label("reason")
        next_steps = (
            select(PipelineStep.name, PipelineStep.state, PipelineRun.lane, PipelineRun.progress_at, reason)
            .join(PipelineRun, PipelineRun.id == PipelineStep.run_id)
            .where(PipelineRun.finished_at.is_(None), PipelineStep.state.not_in(DONE))
            .ext(distinct_on(PipelineStep.run_id))
            .order_by(PipelineStep.run_id, PipelineStep.position)
            .subquery()
        )
        oldest = func.extract("epoch", func.now() - func.min(next_steps.c.progress_at))
        kinds = (next_steps.c.name, next_steps.c.lane, next_steps.c.reason)
        rows = session.execute(
            select(*kinds, func.count(), oldest).where(next_steps.c.state != StepState.RUNNING).group_by(*kinds)
        )
        return [Backlog(name, lane, why, runs, float(seconds)) for name, lane, why, runs, seconds in rows]
