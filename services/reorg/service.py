"""Reorganisation plans as rows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, union_all
from sqlalchemy.orm import Session, selectinload

from models import History, PipelineRun, ReorgMove, ReorgPlan
from schemas.errors import Conflict, InvalidInput, NotFound
from schemas.ledger import RunState
from schemas.reorg import NewReorgPlan, ReorgPlanState

_ROWS_AT_ONCE = 5000
_DELETED_AT_ONCE = 20
"Plans that one transaction deletes, so that it does not block others for long."
_NO_RESULT = (RunState.FAILED, RunState.CANCELLED)


class ReorgPlanService:
    """Stores plans with their moves, and says what can be done with them."""

    @staticmethod
    def create(session: Session, plan_id: UUID, asked: NewReorgPlan, *, run_id: UUID) -> ReorgPlan:
        """Insert a plan that a run is going to make."""
        plan = ReorgPlan(id=plan_id, asked=asked.model_dump(mode="json", exclude_defaults=True), run_id=run_id)
        session.add(plan)
        session.flush()
        return plan

    @staticmethod
    def get(session: Session, plan_id: UUID) -> ReorgPlan:
        """Return a plan with its run.

        Raises:
            NotFound: the plan does not exist.
        """
        query = select(ReorgPlan).where(ReorgPlan.id == plan_id).options(selectinload(ReorgPlan.run))
        plan = session.scalar(query.execution_options(populate_existing=True))
        if plan is None:
            raise NotFound("reorganisation plan", plan_id)
        return plan

    @staticmethod
    def lock(session: Session, plan_id: UUID, *, shared: bool = False) -> ReorgPlan:
        """Return a plan as `get` does, locked until the transaction ends; a shared lock only keeps it as it is.

        Raises:
            NotFound: the plan does not exist.
        """
        session.execute(select(ReorgPlan.id).where(ReorgPlan.id == plan_id).with_for_update(read=shared))
        return ReorgPlanService.get(session, plan_id)

    @staticmethod
    def list(session: Session, *, after: UUID | None = None, limit: int) -> Sequence[ReorgPlan]:
        """Return plans, newest first, that come after another in that order.

        Raises:
            InvalidInput: the plan to come after does not exist.
        """
        query = select(ReorgPlan).options(selectinload(ReorgPlan.run))
        if after is not None:
            last = session.get(ReorgPlan, after)
            if last is None:
                raise InvalidInput(f"after: reorganisation plan {after} does not exist", field="after")
            query = query.where(tuple_(ReorgPlan.created_at, ReorgPlan.id) < (last.created_at, last.id))
        return session.scalars(query.order_by(ReorgPlan.created_at.desc(), ReorgPlan.id.desc()).limit(limit)).all()

    @staticmethod
    def finish(session: Session, plan: ReorgPlan, *, days: float) -> datetime:
        """Let a plan be applied for a number of days, and return when it expires."""
        plan.ready_at = datetime.now(UTC)
        plan.expires_at = plan.ready_at + timedelta(days=days)
        session.flush()
        return plan.expires_at

    @staticmethod
    def find_change(session: Session, plan: ReorgPlan) -> int | None:
        """Return the ID of a change of stock since the snapshot that is not the plan's own, or None."""
        own = union_all(
            *(
                select(column).where(ReorgMove.plan_id == plan.id, column.is_not(None))
                for column in (ReorgMove.command_id, ReorgMove.undo_command_id)
            )
        )
        since = select(History.id).where(History.id > (plan.layout_version or 0), History.command_id.not_in(own))
        return session.scalar(since.order_by(History.id).limit(1))

    @staticmethod
    def delete_old(session: Session, *, days: int) -> int:
        """Delete a few plans that were made so many days ago and have expired, and return their number."""
        old = (
            select(ReorgPlan.id)
            .where(
                ReorgPlan.created_at < func.now() - timedelta(days=days),
                func.coalesce(ReorgPlan.expires_at, func.now()) <= func.now(),
            )
            .order_by(ReorgPlan.created_at)
            .limit(_DELETED_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        return len(session.scalars(delete(ReorgPlan).where(ReorgPlan.id.in_(old)).returning(ReorgPlan.id)).all())


def plan_state(plan: ReorgPlan) -> ReorgPlanState:
    """Return what can be done with a plan now."""
    if plan.replaced_by is not None:
        return ReorgPlanState.REPLACED
    if plan.expires_at is None:
        run: PipelineRun | None = plan.run
        return ReorgPlanState.FAILED if run is None or run.state in _NO_RESULT else ReorgPlanState.PLANNING
    return ReorgPlanState.READY if plan.expires_at > datetime.now(UTC) else ReorgPlanState.EXPIRED


def must_be_ready(plan: ReorgPlan) -> None:
    """Refuse to apply moves of a plan that is not ready.

    Raises:
        Conflict: it is still being made, could not be made, has expired, or was replaced.
    """
    sentences = {
        ReorgPlanState.PLANNING: f"plan {plan.id} is still being made; wait for its run",
        ReorgPlanState.FAILED: f"plan {plan.id} could not be made; make another",
        ReorgPlanState.EXPIRED: f"plan {plan.id} has expired; plan the rest again",
        ReorgPlanState.REPLACED: f"plan {plan.id} was replaced by {plan.replaced_by}; apply that one",
    }
    state = plan_state(plan)
    if state in sentences:
        raise Conflict(sentences[state], state=state, replaced_by=plan.replaced_by and str(plan.replaced_by))
