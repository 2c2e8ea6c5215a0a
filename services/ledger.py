"""The step ledger: claim, keep, record. Every change of a step is one guarded statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Interval, and_, bindparam, cast, exists, func, or_, select, update
from sqlalchemy.orm import Session

from models import PipelineRun, PipelineStep
from schemas.run import DONE, RunState, StepState
from schemas.step import PAYLOAD_VERSION


@dataclass(frozen=True)
class Claim:
    """The right to carry out a step until its lease ends; `attempt` fences off everyone before."""

    run_id: UUID
    name: str
    slot: int
    attempt: int
    postponed: int
    part_id4: str | None
    input: Any

    @property
    def tries(self) -> int:
        """How often it was tried, this time included; attempts that were given back without fault do not count."""
        return self.attempt - self.postponed

    @property
    def mine(self) -> ColumnElement[bool]:
        """The condition that the step is still held by this claim."""
        return and_(
            _is_step(self.run_id, self.name, self.slot),
            PipelineStep.state == StepState.RUNNING,
            PipelineStep.attempt == self.attempt,
        )


class Refusal(Enum):
    """Why a step was not to be had."""

    DONE = "it has ended, so that its canvas goes on to the next"
    NEWER = "newer code has touched the run"
    TAKEN = "it is somebody else's, or the message is stale"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a step ended; what is `transient` may go better later."""

    state: StepState
    output: Any = None
    reason: str | None = None
    detail: str | None = None
    transient: bool = False


class Fenced(Exception):
    """The step was taken over by somebody else; what was done for it must not be recorded."""


def _is_step(run_id: UUID, name: str, slot: int) -> ColumnElement[bool]:
    return and_(PipelineStep.run_id == run_id, PipelineStep.name == name, PipelineStep.slot == slot)


def from_now(seconds: float) -> ColumnElement[datetime]:
    """Return the database's clock so many seconds ahead."""
    return func.now() + cast(bindparam(None, timedelta(seconds=seconds), unique=True), Interval)


def _due() -> ColumnElement[bool]:
    return or_(
        PipelineStep.state == StepState.PENDING,
        and_(PipelineStep.state == StepState.WAITING, PipelineStep.not_before <= func.now()),
        and_(PipelineStep.state == StepState.RUNNING, PipelineStep.lease_until < func.now()),
    )


def _run_at_work(run_id: UUID, name: str, slot: int, epoch: int) -> CTE:
    """Take the run's row first, so that claims, cancels and re-dispatches of one run come one after another."""
    return (
        update(PipelineRun)
        .where(
            PipelineRun.id == run_id,
            PipelineRun.epoch == epoch,
            PipelineRun.payload_version <= PAYLOAD_VERSION,
            PipelineRun.finished_at.is_(None),
            PipelineRun.cancel_requested_at.is_(None),
            # Messages that come in vain change nothing, not even the time of the last progress.
            exists().where(_is_step(run_id, name, slot), _due()),
        )
        .values(
            state=RunState.RUNNING,
            version=PipelineRun.version + 1,
            payload_version=PAYLOAD_VERSION,
            progress_at=func.now(),
            working_since=func.coalesce(PipelineRun.working_since, func.now()),
            sends=0,
        )
        .returning(PipelineRun.id, PipelineRun.part_id4, PipelineRun.input)
        .cte("run")
    )


class Ledger:
    """The rows are the truth, the queue is a hint."""

    @staticmethod
    def claim(
        session: Session, run_id: UUID, name: str, slot: int, *, epoch: int, lease: float, worker: str
    ) -> Claim | None:
        """Take a step of this epoch that is neither done, nor leased, nor cancelled; None when it is not to be had."""
        run = _run_at_work(run_id, name, slot, epoch)
        row = session.execute(
            update(PipelineStep)
            .where(_is_step(run_id, name, slot), PipelineStep.run_id == run.c.id, _due())
            .values(
                state=StepState.RUNNING,
                attempt=PipelineStep.attempt + 1,
                lease_until=from_now(lease),
                not_before=None,
                worker=worker,
                started_at=func.coalesce(PipelineStep.started_at, func.now()),
            )
            .returning(PipelineStep.attempt, PipelineStep.postponed, run.c.part_id4, run.c.input)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        return None if row is None else Claim(run_id, name, slot, row.attempt, row.postponed, row.part_id4, row.input)

    @staticmethod
    def refusal(session: Session, run_id: UUID, name: str, slot: int, *, epoch: int) -> Refusal:
        """Say why a claim got nothing."""
        row = session.execute(
            select(PipelineStep.state, PipelineRun.epoch, PipelineRun.payload_version)
            .join(PipelineRun, PipelineRun.id == PipelineStep.run_id)
            .where(_is_step(run_id, name, slot))
        ).one_or_none()
        if row and row.state in DONE and row.epoch == epoch:
            return Refusal.DONE
        return Refusal.NEWER if row and row.payload_version > PAYLOAD_VERSION else Refusal.TAKEN

    @staticmethod
    def output(session: Session, run_id: UUID, name: str) -> Any:
        """Return what a step put out, as JSON, or None."""
        return session.scalar(select(PipelineStep.output).where(_is_step(run_id, name, 0)))

    @staticmethod
    def extend(session: Session, claim: Claim, lease: float) -> bool:
        """Extend the lease; False when the step is no longer the claim's."""
        extended = update(PipelineStep).where(claim.mine).values(lease_until=from_now(lease))
        return session.execute(extended.returning(PipelineStep.attempt)).one_or_none() is not None

    @staticmethod
    def record(session: Session, claim: Claim, ending: Ending) -> None:
        """End a step.

        Raises:
            Fenced: the step is no longer the claim's; the caller's transaction must not be committed.
        """
        Ledger._change(
            session,
            claim,
            state=ending.state,
            output=ending.output,
            reason=ending.reason,
            detail=ending.detail,
            transient=ending.transient,
            lease_until=None,
            finished_at=func.now(),
        )

    @staticmethod
    def wait(
        session: Session, claim: Claim, seconds: float, *, reason: str, detail: str, without_fault: bool = False
    ) -> None:
        """Give the step back, to be tried again no sooner than in so many seconds; without fault, it is no attempt.

        Raises:
            Fenced: as for `record`.
        """
        Ledger._change(
            session,
            claim,
            state=StepState.WAITING,
            reason=reason,
            detail=detail,
            postponed=PipelineStep.postponed + int(without_fault),
            lease_until=None,
            not_before=from_now(seconds),
        )

    @staticmethod
    def _change(session: Session, claim: Claim, **values: Any) -> None:
        run = (
            update(PipelineRun)
            .where(PipelineRun.id == claim.run_id)
            .values(version=PipelineRun.version + 1, progress_at=func.now())
            .returning(PipelineRun.id)
            .cte("run")
        )
        changed = session.execute(
            update(PipelineStep)
            .where(claim.mine, PipelineStep.run_id == run.c.id)
            .values(values)
            .returning(PipelineStep.attempt)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if changed is None:
            raise Fenced(f"{claim.name} of run {claim.run_id}, attempt {claim.attempt}")
