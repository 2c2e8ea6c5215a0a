"""Dispatching in the ledger: raising epochs, feeding batches, and reopening runs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Update, bindparam, case, func, select, update
from sqlalchemy.orm import Session, selectinload

from engine.ledger.run import LEASED, RunService
from models.locks import Lock, hold
from models.pipeline_run import PipelineRun
from models.pipeline_step import PipelineStep
from schemas.errors import Conflict
from schemas.ledger import DONE, PAYLOAD_VERSION, Lane, RunState, StepState, WaitingFor

# Built once, because building them takes longer than executing them.
_LOCK = select(PipelineRun.id).where(PipelineRun.id == bindparam("its_id")).with_for_update()
_RAISE = (
    update(PipelineRun)
    .where(
        PipelineRun.id == bindparam("its_id"),
        PipelineRun.finished_at.is_(None),
        PipelineRun.cancel_requested_at.is_(None),
        PipelineRun.payload_version <= PAYLOAD_VERSION,
        ~LEASED,
    )
    .values(
        epoch=PipelineRun.epoch + 1,
        sent_at=func.now(),
        sends=PipelineRun.sends + 1,
        progress_at=func.now(),
        working_since=None,
        waiting_for=None,
        version=PipelineRun.version + 1,
    )
    .returning(PipelineRun)
    .options(selectinload(PipelineRun.steps))
    .execution_options(populate_existing=True, synchronize_session=False)
)


class DispatchService:
    """A dispatch raises the run's epoch, which fences off every message sent before."""

    @staticmethod
    def raise_epoch(session: Session, run_id: UUID) -> PipelineRun | None:
        """Raise the epoch of a run that is to be sent, and return it with its steps; None when it has ended.

        A run is not sent while a step of it is being carried out: its canvas is alive. Nor is one that newer code has
        touched. The row is locked first and by itself, so that a claim made in the meantime is seen.
        """
        session.execute(_LOCK, {"its_id": run_id})
        return session.scalar(_RAISE, {"its_id": run_id})

    @staticmethod
    def take_back(session: Session, run: PipelineRun) -> None:
        """Undo a dispatch that the broker did not take, unless a later one succeeded."""
        session.execute(
            update(PipelineRun)
            .where(PipelineRun.id == run.id, PipelineRun.epoch == run.epoch, PipelineRun.finished_at.is_(None))
            .values(sent_at=None, waiting_for=WaitingFor.BROKER, sends=0, version=PipelineRun.version + 1)
        )

    @staticmethod
    def wait_for_broker(session: Session, run_ids: Sequence[UUID]) -> None:
        """Mark runs that were not sent because the broker is down."""
        unsent = (PipelineRun.sent_at.is_(None), PipelineRun.waiting_for.is_(None), PipelineRun.finished_at.is_(None))
        session.execute(
            update(PipelineRun)
            .where(PipelineRun.id.in_(run_ids), *unsent)
            .values(waiting_for=WaitingFor.BROKER, version=PipelineRun.version + 1)
            .execution_options(synchronize_session=False)
        )

    @staticmethod
    def list_next_of_batches(session: Session, *, window: int) -> Sequence[UUID]:
        """Return the bulk runs to send now, so that no more than the window are on their way; batches take turns.

        No other transaction gets any until the caller's transaction ends.
        """
        hold(session, Lock.BATCH_FEED)
        bulk = (PipelineRun.lane == Lane.BULK, PipelineRun.finished_at.is_(None))
        on_their_way = session.scalar(select(func.count()).where(*bulk, PipelineRun.sent_at.is_not(None))) or 0
        # Those on their way count, or the oldest batch would get every place that becomes free.
        turn = func.row_number().over(
            partition_by=PipelineRun.batch_id,
            order_by=(PipelineRun.sent_at.is_(None), PipelineRun.created_at, PipelineRun.id),
        )
        runs = select(PipelineRun, turn.label("turn")).where(*bulk).subquery().c
        waiting = (
            select(runs.id)
            .where(runs.sent_at.is_(None), runs.cancel_requested_at.is_(None), runs.payload_version <= PAYLOAD_VERSION)
            .order_by(runs.turn, runs.created_at)
            .limit(max(window - on_their_way, 0))
        )
        return session.scalars(waiting).all()

    @staticmethod
    def reopen(session: Session, run_id: UUID, *, first: int, heals: int | ColumnElement[int] = 0) -> None:
        """Open an ended run once more, with all its steps from the position `first` on still to be done.

        Raises:
            NotFound: there is no such run.
            Conflict: it has not ended.
        """
        opened = (
            update(PipelineRun)
            .where(PipelineRun.id == run_id, PipelineRun.finished_at.is_not(None))
            .values(
                state=RunState.PENDING,
                # A message from before may be of any step, and must not have it before those that go first.
                epoch=PipelineRun.epoch + 1,
                finished_at=None,
                cancel_requested_at=None,
                heal_at=None,
                heals=heals,
                error=None,
                sent_at=None,
                sends=0,
                progress_at=func.now(),
                working_since=None,
                waiting_for=case((PipelineRun.lane == Lane.BULK, WaitingFor.BATCH)),
                version=PipelineRun.version + 1,
            )
            .returning(PipelineRun.id)
        )
        if session.scalar(opened) is None:
            run = RunService.get(session, run_id)
            raise Conflict(f"run {run_id} is {run.state}; cancel it first", state=run.state)
        session.execute(_undo_steps(run_id, first))


def retire_steps(run: PipelineRun, known: set[tuple[str, int]]) -> None:
    """Skip the open steps of a run that the pipeline does not have any more."""
    for step in run.steps:
        if step.state not in DONE and (step.name, step.index) not in known:
            step.state, step.reason, step.finished_at = StepState.SKIPPED, "retired_step", func.now()


def _undo_steps(run_id: UUID, first: int) -> Update:
    return (
        update(PipelineStep)
        .where(PipelineStep.run_id == run_id, PipelineStep.position >= first)
        .values(
            state=StepState.PENDING,
            # What was tried before does not count any more; the number itself goes on, because it fences.
            postponed=PipelineStep.attempt,
            output=None,
            reason=None,
            detail=None,
            transient=False,
            not_before=None,
            started_at=None,
            finished_at=None,
        )
    )
