"""Which runs lost their way."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Float, and_, cast, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from models import PipelineRun, PipelineStep
from schemas.run import StepState
from services.ledger import from_now
from services.run import LEASED, RunService

_UNSENT_SECONDS = 5.0
"A run that was never sent for so long lost its sender between commit and publish."


def _has_step(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(PipelineStep.run_id == PipelineRun.id, *conditions)


class ReconcileService:
    """Found from the rows alone, whatever happened to messages and processes."""

    @staticmethod
    def end_overdue(session: Session) -> None:
        """Cancel the runs that were asked to stop, and fail those that were worked on for too long."""
        open_runs = select(PipelineRun.id).where(PipelineRun.finished_at.is_(None), ~LEASED)
        for run_id in session.scalars(open_runs.where(PipelineRun.cancel_requested_at.is_not(None))).all():
            RunService.settle_cancelled(session, run_id)
        for run_id in session.scalars(
            open_runs.where(PipelineRun.working_since + PipelineRun.time_limit < func.now())
        ).all():
            RunService.fail(session, run_id, "the run took longer than PARTFLOW_PIPELINE_DEADLINE_SECONDS")

    @staticmethod
    def stalled(session: Session, *, stall: float, limit: int) -> Sequence[UUID]:
        """Return open runs that nobody works on and whose next message is lost, the longest waiting first.

        A message may only be late, behind others in its queue; so each time a run is sent again, the patience with it
        doubles, and a long queue cannot grow by its own repetitions.
        """
        never_sent = and_(PipelineRun.epoch == 0, PipelineRun.created_at < from_now(-_UNSENT_SECONDS))
        lost_worker = _has_step(PipelineStep.state == StepState.RUNNING, PipelineStep.lease_until < func.now())
        long_wait_over = and_(
            _has_step(PipelineStep.state == StepState.WAITING, PipelineStep.not_before < func.now()),
            PipelineRun.progress_at < from_now(-stall),
        )
        patience = stall * func.pow(2, func.least(cast(PipelineRun.epoch, Float) - 1, literal(6)))
        silent = and_(
            PipelineRun.epoch > 0,
            ~_has_step(PipelineStep.state == StepState.WAITING),
            func.extract("epoch", func.now() - PipelineRun.progress_at) > patience,
        )
        return session.scalars(
            select(PipelineRun.id)
            .where(
                PipelineRun.finished_at.is_(None),
                PipelineRun.cancel_requested_at.is_(None),
                ~LEASED,
                or_(never_sent, lost_worker, long_wait_over, silent),
            )
            .order_by(PipelineRun.progress_at)
            .limit(limit)
        ).all()
