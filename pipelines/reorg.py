"""From the layout of all boxes to a plan that tidies up, and from a plan to a tidy layout."""

from typing import Any
from uuid import UUID, uuid4

from celery import chain
from celery.canvas import Signature
from sqlalchemy.orm import Session

from engine.enqueue import enqueue
from engine.pipeline import Pipeline, RunSteps
from engine.step.finish import finish_run
from models import PipelineRun, ReorgPlan
from schemas.base import Dto
from schemas.errors import Conflict
from schemas.reorg import NewReorgPlan, ReorgApplyInput, ReorgPlanState, ReorgSubject
from services.box import BoxService
from services.commands import must_be_repeated
from services.part import PartService
from services.reorg import ReorgMoveService, ReorgPlanService, must_be_ready, objective_of, plan_state
from tasks.reorg import SHARES, apply_moves, check_the_moves, make_the_moves, store_plan, take_snapshot


def plan_canvas(steps: RunSteps) -> Signature[Any]:
    """Take snapshot → make moves → check them → store the plan → finish."""
    planning = (take_snapshot, make_the_moves, check_the_moves, store_plan)
    return chain(*(steps.one(each) for each in planning), steps.one(finish_run))


def apply_canvas(steps: RunSteps) -> Signature[Any]:
    """Apply the first share of the moves → … → apply the last → finish."""
    return chain(*steps.each(apply_moves, SHARES), steps.one(finish_run))


REORG_PLAN: Pipeline[Dto] = Pipeline(name="reorg_plan", canvas=plan_canvas)
REORG_APPLY: Pipeline[Dto] = Pipeline(name="reorg_apply", canvas=apply_canvas)


def start_plan(session: Session, asked: NewReorgPlan, *, plan_id: UUID | None = None) -> tuple[ReorgPlan, PipelineRun]:
    """Insert a plan, and the run that makes it.

    Raises:
        InvalidInput: the objective or a weight is not known.
        NotFound: a box to leave alone or a pinned part does not exist.
    """
    objective_of(asked)
    for box_no in asked.leave:
        BoxService.get(session, box_no)
    for id4 in asked.pinned:
        PartService.resolve(session, id4)
    subject = ReorgSubject(plan_id=plan_id or uuid4())
    run = enqueue(session, REORG_PLAN, subject)
    return ReorgPlanService.create(session, subject.plan_id, asked, run_id=run.id), run


def replan(session: Session, plan_id: UUID) -> tuple[ReorgPlan, PipelineRun]:
    """Insert a plan of what is left of another on today's layout; the other can only be undone from then on.

    Raises:
        NotFound: the plan does not exist, or a box or part that it left alone is gone.
        Conflict: the plan is still being made, or was replaced before.
    """
    before = ReorgPlanService.lock(session, plan_id)
    if plan_state(before) is not ReorgPlanState.EXPIRED:
        must_be_ready(before)
    asked = NewReorgPlan.model_validate(before.asked)
    if asked.max_moves is not None:
        applied = ReorgMoveService.count(session, [plan_id])[plan_id].applied
        asked = asked.model_copy(update={"max_moves": max(0, asked.max_moves - applied)})
    plan, run = start_plan(session, asked)
    before.replaced_by = plan.id
    session.flush()
    return plan, run


def start_apply(session: Session, given: ReorgApplyInput, *, command_id: UUID) -> PipelineRun:
    """Insert a run that applies or undoes all that is left of a plan, or return the run that this command started.

    Raises:
        NotFound: the plan does not exist.
        Conflict: the plan is not ready.
        Unprocessable: the command ID was used before with another payload.
    """
    plan = ReorgPlanService.lock(session, given.plan_id, shared=True)
    before = session.get(PipelineRun, command_id)
    if before is not None:
        now = (REORG_APPLY.name, given.model_dump(mode="json"))
        must_be_repeated(command_id, before=(before.pipeline, before.input), now=now, run=str(command_id))
        return before
    if not given.undo:
        must_be_ready(plan)
    elif plan.expires_at is None:
        raise Conflict(f"plan {plan.id} was never ready, so that there is nothing to undo", state=plan_state(plan))
    return enqueue(session, REORG_APPLY, given, run_id=command_id)
