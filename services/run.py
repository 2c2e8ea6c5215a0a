"""Runs: start, look at, cancel and end them."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Update, and_, case, exists, func, select, true, tuple_, update
from sqlalchemy.orm import Session, selectinload

from models import PipelineRun, PipelineStep
from schemas.base import Dto
from schemas.errors import Conflict, InvalidInput, NotFound
from schemas.run import DONE, Gap, Pipeline, RunState, StepState

LEASED = exists().where(
    PipelineStep.run_id == PipelineRun.id,
    PipelineStep.state == StepState.RUNNING,
    PipelineStep.lease_until >= func.now(),
)
"Somebody is at work on the run right now."


class RunService:
    """A run is a row with its steps; nothing about it lives anywhere else."""

    @staticmethod
    def create(
        session: Session,
        pipeline: Pipeline,
        given: Dto,
        *,
        part_id4: str | None,
        steps: Sequence[tuple[str, int]],
        deadline: float,
        run_id: UUID | None = None,
    ) -> PipelineRun:
        """Insert a run with all its steps (name and slot, in order); publish it after the commit."""
        run = PipelineRun(
            id=run_id or uuid4(),
            pipeline=pipeline,
            input=given.model_dump(mode="json"),
            part_id4=part_id4,
            time_limit=timedelta(seconds=deadline),
        )
        run.steps = [
            PipelineStep(name=name, slot=slot, position=position) for position, (name, slot) in enumerate(steps)
        ]
        session.add(run)
        session.flush()
        return run

    @staticmethod
    def get(session: Session, run_id: UUID) -> PipelineRun:
        """Return a run with its steps.

        Raises:
            NotFound: there is no such run.
        """
        run = session.get(PipelineRun, run_id, options=[selectinload(PipelineRun.steps)])
        if run is None:
            raise NotFound("run", run_id)
        return run

    @staticmethod
    def version(session: Session, run_id: UUID) -> int | None:
        """Return the number that changes whenever the run does; the cheapest poll there is."""
        return session.scalar(select(PipelineRun.version).where(PipelineRun.id == run_id))

    @staticmethod
    def latest(
        session: Session,
        *,
        state: RunState | None = None,
        pipeline: Pipeline | None = None,
        part_id4: str | None = None,
        after: UUID | None = None,
        limit: int,
    ) -> Sequence[PipelineRun]:
        """Return runs, newest first, that come after another in that order.

        Raises:
            InvalidInput: there is no run to come after.
        """
        query = select(PipelineRun).order_by(PipelineRun.created_at.desc(), PipelineRun.id.desc()).limit(limit)
        for column, value in (
            (PipelineRun.state, state),
            (PipelineRun.pipeline, pipeline),
            (PipelineRun.part_id4, part_id4),
        ):
            if value is not None:
                query = query.where(column == value)
        if after is not None:
            last = session.get(PipelineRun, after)
            if last is None:
                raise InvalidInput(f"after: there is no run {after}", field="after")
            query = query.where(tuple_(PipelineRun.created_at, PipelineRun.id) < (last.created_at, last.id))
        return session.scalars(query).all()

    @staticmethod
    def gaps(steps: Sequence[PipelineStep]) -> tuple[Gap, ...]:
        """Return what steps left open, in order."""
        return tuple(
            Gap(step=step.name, reason=step.reason or "unknown", detail=step.detail or "")
            for step in steps
            if step.state == StepState.GAP
        )

    @staticmethod
    def next_epoch(session: Session, run_id: UUID) -> PipelineRun | None:
        """Raise the epoch of a run that is to be sent, and return it with its steps; None when it has ended.

        A run is not sent while a step of it is being carried out: its canvas is alive. The row is locked first and by
        itself, so that a claim made in the meantime is seen.
        """
        session.execute(select(PipelineRun.id).where(PipelineRun.id == run_id).with_for_update())
        raised = (
            update(PipelineRun)
            .where(PipelineRun.id == run_id, PipelineRun.finished_at.is_(None), ~LEASED)
            .values(epoch=PipelineRun.epoch + 1, progress_at=func.now(), working_since=None)
            .returning(PipelineRun.id)
        )
        return RunService.get(session, run_id) if session.scalar(raised) else None

    @staticmethod
    def cancel(session: Session, run_id: UUID) -> PipelineRun:
        """Ask a run to stop; it does before its next step, and at once when none is being carried out.

        Raises:
            NotFound: there is no such run.
            Conflict: it has ended otherwise.
        """
        run = RunService.get(session, run_id)
        if run.finished_at is not None and run.state != RunState.CANCELLED:
            raise Conflict(f"run {run_id} has ended already: {run.state}", state=run.state)
        session.execute(
            update(PipelineRun)
            .where(PipelineRun.id == run_id, PipelineRun.cancel_requested_at.is_(None))
            .values(cancel_requested_at=func.now(), version=PipelineRun.version + 1)
        )
        RunService.settle_cancelled(session, run_id)
        session.refresh(run)
        return run

    @staticmethod
    def settle_cancelled(session: Session, run_id: UUID) -> bool:
        """End a run that was asked to stop, unless a step of it is being carried out."""
        asked = and_(PipelineRun.cancel_requested_at.is_not(None), ~LEASED)
        return RunService._stop(session, run_id, RunState.CANCELLED, asked)

    @staticmethod
    def fail(session: Session, run_id: UUID, error: str) -> bool:
        """End a run because of an error."""
        return RunService._stop(session, run_id, RunState.FAILED, true(), error=error)

    @staticmethod
    def finish(session: Session, run_id: UUID) -> None:
        """End a run whose steps are all done but the one that says so: partial when they left gaps."""
        left_gap = exists().where(PipelineStep.run_id == run_id, PipelineStep.state == StepState.GAP)
        state = case((left_gap, RunState.PARTIAL.value), else_=RunState.SUCCEEDED.value)
        session.execute(_ending(run_id).values(state=state))

    @staticmethod
    def _stop(
        session: Session, run_id: UUID, state: RunState, condition: ColumnElement[bool], *, error: str | None = None
    ) -> bool:
        stopped = _ending(run_id).where(condition).values(state=state, error=error).returning(PipelineRun.id)
        if session.scalar(stopped) is None:
            return False
        session.execute(
            update(PipelineStep)
            .where(PipelineStep.run_id == run_id, PipelineStep.state.not_in(DONE))
            .values(state=StepState.SKIPPED, reason=f"run_{state}", lease_until=None, finished_at=func.now())
        )
        return True


def _ending(run_id: UUID) -> Update:
    return (
        update(PipelineRun)
        .where(PipelineRun.id == run_id, PipelineRun.finished_at.is_(None))
        .values(finished_at=func.now(), version=PipelineRun.version + 1)
    )
