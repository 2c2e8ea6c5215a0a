"""Finding runs that are stalled, overdue or due to heal."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Float, and_, case, cast, exists, func, literal, or_, select, true, tuple_, update
from sqlalchemy.orm import Session, aliased

from engine.ledger.ledger import from_now
from engine.ledger.run import LEASED, RunService
from models.locks import Lock, try_hold
from models.permit import Permit
from models.pipeline_run import PipelineRun
from models.pipeline_step import PipelineStep
from schemas.ledger import PAYLOAD_VERSION, StepState, WaitingFor

_UNSENT_SECONDS = 5.0
"A run that was not sent for so long lost its sender between commit and publish."


def _has_step(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    # Counted, because an EXISTS beside an OR may be answered by reading every step there is.
    of_run = select(func.count()).where(PipelineStep.run_id == PipelineRun.id, *conditions)
    return of_run.scalar_subquery() > 0


class ReconcileService:
    """Found from the rows alone, whatever happened to messages and processes."""

    @staticmethod
    def try_lock(session: Session) -> bool:
        """Return whether the caller is the only reconciler, and keep it so until its transaction ends."""
        return try_hold(session, Lock.RECONCILER)

    @staticmethod
    def update_times(session: Session, *, lease: float, heal: float) -> None:
        """Let every time in the ledger that is still to come count from now, because the clock that set it was wrong.

        Whoever is alive keeps what it has, and whoever is not loses it one lease later; twice does no harm.
        """
        now = func.now()
        open_runs = select(PipelineRun.id).where(PipelineRun.finished_at.is_(None))
        of_open_runs = update(PipelineStep).where(PipelineStep.run_id.in_(open_runs))
        work = case((PipelineRun.working_since.is_not(None), now))
        changes = (
            of_open_runs.where(PipelineStep.state == StepState.RUNNING).values(lease_until=from_now(lease)),
            of_open_runs.where(PipelineStep.state == StepState.WAITING).values(not_before=now),
            update(PipelineRun).where(PipelineRun.finished_at.is_(None)).values(working_since=work, progress_at=now),
            update(PipelineRun).where(PipelineRun.heal_at > from_now(heal)).values(heal_at=from_now(heal)),
            update(Permit).where(Permit.expires_at > from_now(lease)).values(expires_at=from_now(lease)),
        )
        for change in changes:
            session.execute(change.execution_options(synchronize_session=False))

    @staticmethod
    def end_overdue(session: Session) -> int:
        """Cancel the runs that were asked to stop, fail those that were worked on for too long; return their number."""
        open_runs = select(PipelineRun.id).where(PipelineRun.finished_at.is_(None), ~LEASED)
        # A run that another transaction holds has its turn the next time.
        open_runs = open_runs.with_for_update(skip_locked=True)
        ended = 0
        for run_id in session.scalars(open_runs.where(PipelineRun.cancel_requested_at.is_not(None))).all():
            ended += RunService.settle_cancelled(session, run_id)
        for run_id in session.scalars(
            open_runs.where(PipelineRun.working_since + PipelineRun.time_limit < func.now())
        ).all():
            ended += RunService.fail(session, run_id, "the run took longer than PARTFLOW_ENGINE_DEADLINE_SECONDS")
        return ended

    @staticmethod
    def list_stalled(session: Session, *, stall: float, limit: int) -> Sequence[UUID]:
        """Return open runs that no worker works on and whose next message is lost, the longest waiting first.

        A message may only be late, behind others in its queue; so each time a run is sent in vain, the patience with it
        doubles, whatever the cause. A long queue cannot grow by its own repetitions, and a run keeps its place in it.
        """
        patience = stall * func.pow(2, func.least(func.greatest(cast(PipelineRun.sends, Float) - 1, 0), literal(6)))
        kept_waiting = func.extract("epoch", func.now() - PipelineRun.progress_at) > patience
        not_sent = and_(
            PipelineRun.sent_at.is_(None),
            PipelineRun.waiting_for.is_distinct_from(WaitingFor.BATCH),
            or_(PipelineRun.waiting_for.is_not(None), PipelineRun.progress_at < from_now(-_UNSENT_SECONDS)),
        )
        lost_worker = _has_step(
            PipelineStep.state == StepState.RUNNING,
            PipelineStep.lease_until < func.now(),
            # Once it was sent again for that, it may wait behind others.
            or_(PipelineStep.lease_until >= PipelineRun.sent_at, kept_waiting),
        )
        long_wait_over = and_(
            _has_step(PipelineStep.state == StepState.WAITING, PipelineStep.not_before < func.now()), kept_waiting
        )
        silent = and_(
            PipelineRun.sent_at.is_not(None), ~_has_step(PipelineStep.state == StepState.WAITING), kept_waiting
        )
        # The planner takes a run for many steps, and would compile for longer than all of it takes.
        session.execute(select(func.set_config("jit", "off", true())))
        return session.scalars(
            select(PipelineRun.id)
            .where(
                PipelineRun.finished_at.is_(None),
                PipelineRun.cancel_requested_at.is_(None),
                PipelineRun.payload_version <= PAYLOAD_VERSION,
                ~LEASED,
                or_(not_sent, lost_worker, long_wait_over, silent),
            )
            .order_by(PipelineRun.progress_at)
            .limit(limit)
        ).all()

    @staticmethod
    def list_due_to_heal(session: Session, *, limit: int, outdated: Collection[tuple[str, str]] = ()) -> Sequence[UUID]:
        """Return ended runs that are due to heal, less those that a newer run of the same subject makes outdated.

        A newer run of the same pipeline does; so does one of another if `outdated` has the pair, the newer one first.
        """
        due = and_(PipelineRun.heal_at < func.now(), PipelineRun.payload_version <= PAYLOAD_VERSION)
        newer = aliased(PipelineRun)
        pairs = tuple_(newer.pipeline, PipelineRun.pipeline).in_(outdated)
        replaced = exists().where(
            newer.subject == PipelineRun.subject,
            newer.created_at > PipelineRun.created_at,
            or_(newer.pipeline == PipelineRun.pipeline, pairs),
        )
        session.execute(
            update(PipelineRun)
            .where(due, replaced)
            .values(heal_at=None, version=PipelineRun.version + 1)
            .execution_options(synchronize_session=False)
        )
        return session.scalars(select(PipelineRun.id).where(due).order_by(PipelineRun.heal_at).limit(limit)).all()
