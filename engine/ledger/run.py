"""Runs: start, look at, cancel and end them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Update, and_, case, exists, func, insert, null, select, true, tuple_, update
from sqlalchemy.orm import Session, selectinload

from models.batch import Batch
from models.pipeline_run import PipelineRun
from models.pipeline_step import PipelineStep
from observability.redaction import redacted
from schemas.base import Dto
from schemas.errors import InvalidInput, NotFound
from schemas.ledger import DONE, PAYLOAD_VERSION, Gap, Lane, RunState, StepState, WaitingFor

LEASED = exists().where(
    PipelineStep.run_id == PipelineRun.id,
    PipelineStep.state == StepState.RUNNING,
    PipelineStep.lease_until >= func.now(),
)
"A worker is carrying out a step of the run right now."


@dataclass(frozen=True)
class Heal:
    """How often, and how soon, a run that lacks something is tried again by itself."""

    seconds: float
    times: int


class RunService:
    """A run is a row with its steps; nothing about it lives anywhere else."""

    @staticmethod
    def create(
        session: Session,
        pipeline: str,
        given: Dto,
        *,
        subject: str | None,
        steps: Sequence[tuple[str, int]],
        deadline: float,
        run_id: UUID | None = None,
        batch: Batch | None = None,
        lane: Lane = Lane.INTERACTIVE,
        request_id: str | None = None,
        traceparent: str | None = None,
    ) -> PipelineRun:
        """Insert a run with all its steps (name and index, in order); publish it after the commit."""
        run = PipelineRun(
            id=run_id or uuid4(),
            pipeline=pipeline,
            input=given.model_dump(mode="json"),
            subject=subject,
            time_limit=timedelta(seconds=deadline),
            batch_id=batch.id if batch else None,
            lane=lane,
            request_id=request_id,
            traceparent=traceparent,
            payload_version=PAYLOAD_VERSION,
            waiting_for=WaitingFor.BATCH if lane == Lane.BULK else None,
        )
        session.add(run)
        session.flush()
        rows = [
            {"run_id": run.id, "name": name, "index": index, "position": position}
            for position, (name, index) in enumerate(steps)
        ]
        session.execute(insert(PipelineStep), rows)
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
    def find_version(session: Session, run_id: UUID) -> int | None:
        """Return the number that changes whenever the run does; the cheapest poll there is."""
        return session.scalar(select(PipelineRun.version).where(PipelineRun.id == run_id))

    @staticmethod
    def list(
        session: Session,
        *,
        state: RunState | None = None,
        pipeline: str | None = None,
        subject: str | None = None,
        batch_id: UUID | None = None,
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
            (PipelineRun.subject, subject),
            (PipelineRun.batch_id, batch_id),
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
    def settle_cancelled(session: Session, *run_ids: UUID) -> bool:
        """End runs that were asked to stop, unless a step of theirs is being carried out; whether any ended."""
        asked = and_(PipelineRun.cancel_requested_at.is_not(None), ~LEASED)
        return RunService._stop(session, run_ids, RunState.CANCELLED, asked)

    @staticmethod
    def fail(session: Session, run_id: UUID, error: str, *, heal: Heal | None = None) -> bool:
        """End a run because of an error; one that may go better later is tried again by itself."""
        return RunService._stop(
            session, [run_id], RunState.FAILED, true(), error=redacted(error), heal_at=_heal_at(heal)
        )

    @staticmethod
    def finish(session: Session, run_id: UUID, *, heal: Heal) -> None:
        """End a run whose steps are all done but the one that says so: partial when they left gaps."""
        gap = exists().where(PipelineStep.run_id == run_id, PipelineStep.state == StepState.GAP)
        state = case((gap, RunState.PARTIAL), else_=RunState.SUCCEEDED)
        heal_at = case((gap.where(PipelineStep.transient), _heal_at(heal)))
        session.execute(_ending(run_id).values(state=state, heal_at=heal_at))

    @staticmethod
    def _stop(
        session: Session, run_ids: Sequence[UUID], state: RunState, condition: ColumnElement[bool], **values: Any
    ) -> bool:
        stop = _ending(*run_ids).where(condition).values(state=state, **values).returning(PipelineRun.id)
        stopped = session.scalars(stop).all()
        if not stopped:
            return False
        session.execute(
            update(PipelineStep)
            .where(PipelineStep.run_id.in_(stopped), PipelineStep.state.not_in(DONE))
            .values(state=StepState.SKIPPED, reason=f"run_{state}", lease_until=None, finished_at=func.now())
        )
        return True


def gaps_of(steps: Sequence[PipelineStep]) -> tuple[Gap, ...]:
    """Return what steps left open, in order."""
    return tuple(
        Gap(step=step.name, reason=step.reason or "unknown", detail=step.detail or "", transient=step.transient)
        for step in steps
        if step.state == StepState.GAP
    )


def _ending(*run_ids: UUID) -> Update:
    return (
        update(PipelineRun)
        .where(PipelineRun.id.in_(run_ids), PipelineRun.finished_at.is_(None))
        .values(finished_at=func.now(), waiting_for=None, version=PipelineRun.version + 1)
    )


def _heal_at(heal: Heal | None) -> ColumnElement[Any]:
    """Return when a run that ends now is tried again: each time four times later, and at last never."""
    if heal is None:
        return null()
    seconds = heal.seconds * func.power(4.0, PipelineRun.heals)
    return case((PipelineRun.heals < heal.times, func.now() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)))
