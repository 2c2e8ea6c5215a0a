"""The step ledger: claim, keep, record. Every change of a step is one guarded statement."""

import json
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Interval, and_, bindparam, cast, func, select, update
from sqlalchemy.orm import Session

from engine.ledger.statements import CLAIM, END, EXTEND, WAIT, Compiled
from models.pipeline_run import PipelineRun
from models.pipeline_step import PipelineStep
from observability.redaction import redacted
from schemas.ledger import DONE, PAYLOAD_VERSION, StepState
from schemas.storable import storable, storable_json
from settings.errors import PartflowError


@dataclass(frozen=True)
class Claim:
    """The right to carry out a step until its lease ends; `attempt` fences off everyone before."""

    run_id: UUID
    name: str
    index: int
    attempt: int
    postponed: int
    subject: str | None
    input: Any
    pipeline: str = ""
    request_id: str | None = None
    "the request to the API that started the run"
    traceparent: str | None = None
    "the span in which the run was started"
    began: float = field(default_factory=time.monotonic)
    "by this process's own clock, in seconds"

    @property
    def tries(self) -> int:
        """How often it was tried, this time included; attempts that were given back without fault do not count."""
        return self.attempt - self.postponed

    @property
    def key(self) -> dict[str, Any]:
        """The parameters that say which step this is, and whose."""
        return {**_key(self.run_id, self.name, self.index), "its_attempt": self.attempt}


class Refusal(Enum):
    """Why a step could not be claimed."""

    DONE = "it has ended, so that its canvas goes on to the next"
    NEWER = "newer code has touched the run"
    TAKEN = "another worker has it, or the message is stale"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a step ended; what is `transient` may go better later."""

    state: StepState
    output: Any = None
    reason: str | None = None
    detail: str | None = None
    transient: bool = False

    def __str__(self) -> str:
        """Return what those who watch should see."""
        return redacted(": ".join(filter(None, (self.state.value, self.reason, self.detail))))


Executor = Session | Connection
"What executes a statement: a session, or a connection on which each statement is its own transaction."


class Fenced(PartflowError):
    """Another worker has taken the step over; this attempt must not be recorded."""


def _key(run_id: UUID, name: str, index: int) -> dict[str, Any]:
    return {"its_run_id": run_id, "its_name": name, "its_index": index}


def _is_step(run_id: UUID, name: str, index: int) -> ColumnElement[bool]:
    return and_(PipelineStep.run_id == run_id, PipelineStep.name == name, PipelineStep.index == index)


def from_now(seconds: float) -> ColumnElement[datetime]:
    """Return the database's clock plus a number of seconds."""
    return func.now() + cast(bindparam(None, timedelta(seconds=seconds), unique=True), Interval)


class Ledger:
    """The rows are the truth, the queue is a hint."""

    @staticmethod
    def claim(
        session: Executor, run_id: UUID, name: str, index: int, *, epoch: int, lease: float, worker: str
    ) -> Claim | None:
        """Take a step of this epoch that is neither done, nor leased, nor cancelled; None when it cannot be claimed."""
        row = CLAIM.row(session, {**_key(run_id, name, index), "its_epoch": epoch, "seconds": lease, "by": worker})
        return None if row is None else Claim(run_id, name, index, **row._asdict())

    @staticmethod
    def explain_refusal(session: Session, run_id: UUID, name: str, index: int, *, epoch: int) -> Refusal:
        """Return why a claim was refused."""
        row = session.execute(
            select(PipelineStep.state, PipelineRun.epoch, PipelineRun.payload_version)
            .join(PipelineRun, PipelineRun.id == PipelineStep.run_id)
            .where(_is_step(run_id, name, index))
        ).one_or_none()
        if row and row.state in DONE and row.epoch == epoch:
            return Refusal.DONE
        return Refusal.NEWER if row and row.payload_version > PAYLOAD_VERSION else Refusal.TAKEN

    @staticmethod
    def find_output(session: Session, run_id: UUID, name: str) -> Any:
        """Return what a step put out, as JSON, or None."""
        return session.scalar(select(PipelineStep.output).where(_is_step(run_id, name, 0)))

    @staticmethod
    def extend(session: Session, claim: Claim, lease: float) -> bool:
        """Extend the lease; False when the step is no longer the claim's."""
        return EXTEND.row(session, {**claim.key, "seconds": lease}) is not None

    @staticmethod
    def record(session: Executor, claim: Claim, ending: Ending) -> None:
        """End a step.

        Raises:
            Fenced: the step is no longer the claim's; the caller's transaction must not be committed.
        """
        Ledger._change(
            session,
            claim,
            END,
            new_state=ending.state,
            new_output=None if ending.output is None else json.dumps(storable_json(ending.output)),
            new_reason=ending.reason,
            new_detail=None if ending.detail is None else storable(redacted(ending.detail)),
            new_transient=ending.transient,
        )

    @staticmethod
    def wait(
        session: Session, claim: Claim, seconds: float, *, reason: str, detail: str, without_fault: bool = False
    ) -> None:
        """Give the step back, to be tried again after a number of seconds; without fault, the attempt does not count.

        Raises:
            Fenced: as for `record`.
        """
        Ledger._change(
            session,
            claim,
            WAIT,
            new_state=StepState.WAITING,
            new_reason=reason,
            new_detail=storable(redacted(detail)),
            new_postponed=int(without_fault),
            seconds=seconds,
        )

    @staticmethod
    def hand_back(session: Session, worker: str, *, without_fault: bool) -> None:
        """End the leases of a worker that is gone; without fault, what it was at counts as no attempt."""
        session.execute(
            update(PipelineStep)
            .where(
                # By way of the few runs that are open: steps are too many to be searched, or for one more index.
                PipelineStep.run_id.in_(select(PipelineRun.id).where(PipelineRun.finished_at.is_(None))),
                PipelineStep.state == StepState.RUNNING,
                PipelineStep.worker == worker,
            )
            .values(lease_until=func.now(), postponed=PipelineStep.postponed + int(without_fault))
        )

    @staticmethod
    def _change(session: Executor, claim: Claim, statement: Compiled, **values: Any) -> None:
        if statement.row(session, {**claim.key, **values}) is None:
            raise Fenced(f"{claim.name} of run {claim.run_id}, attempt {claim.attempt}")
