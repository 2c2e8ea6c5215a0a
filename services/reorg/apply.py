"""Applying the moves of a plan, and undoing them: ordinary commands on stock."""

from collections.abc import Collection, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from models import Location, ReorgMove, ReorgPlan
from schemas.errors import NotFound
from services.part import PartLockService
from services.reorg.moves import Way
from services.reorg.service import ReorgPlanService, must_be_ready
from services.reorg.step import Applied, MoveStep


class ReorgApplyService:
    """Applies the steps of a plan one by one; a step that is not possible any more is refused, and the others go on.

    The parts are locked first, by id4, then the slots by number, so that people who apply moves at once, of one plan or
    of several, come one after another where they meet.
    """

    @staticmethod
    def apply(session: Session, plan_id: UUID, numbers: Collection[int], *, command_id: UUID) -> Applied:
        """Apply moves, in the order of the plan; one of a cycle stands for all of it, and one that is applied stays so.

        Raises:
            NotFound: the plan or a move does not exist.
            Conflict: the plan is not ready.
        """
        plan = ReorgPlanService.lock(session, plan_id, shared=True)
        must_be_ready(plan)
        return _carry_out(session, plan, numbers, "apply", command_id)

    @staticmethod
    def undo(session: Session, plan_id: UUID, numbers: Collection[int], *, command_id: UUID) -> Applied:
        """Put the bags of applied moves back, in reverse order; an expired plan can be undone too.

        Raises:
            NotFound: the plan or a move does not exist.
        """
        plan = ReorgPlanService.lock(session, plan_id, shared=True)
        return _carry_out(session, plan, numbers, "undo", command_id)


def _carry_out(session: Session, plan: ReorgPlan, numbers: Collection[int], way: Way, command_id: UUID) -> Applied:
    moves = _locked(session, plan, numbers)
    done = Applied()
    steps = [tuple(step) for _, step in groupby(moves, key=lambda move: move.step)]
    for step in steps if way == "apply" else reversed(steps):
        done.add(MoveStep(session, plan, step, way, command_id).carry_out())
    session.flush()
    return done


def _locked(session: Session, plan: ReorgPlan, numbers: Collection[int]) -> Sequence[ReorgMove]:
    """Return the moves with all of their cycles, once their parts and slots are locked."""
    named = select(ReorgMove.step).where(ReorgMove.plan_id == plan.id, ReorgMove.number.in_(numbers))
    query = select(ReorgMove).where(ReorgMove.plan_id == plan.id, ReorgMove.step.in_(named)).order_by(ReorgMove.number)
    moves = session.scalars(query).all()
    for missing in sorted(set(numbers) - {move.number for move in moves}):
        raise NotFound("move", f"{missing} of this plan")
    PartLockService.lock(session, {move.part_id4 for move in moves})
    slots = {slot for move in moves for slot in (move.origin, move.target)}
    place = tuple_(Location.box_no, Location.loc_no)
    locked = select(Location.id).where(place.in_(sorted(slots))).order_by(Location.box_no, Location.loc_no)
    session.execute(locked.with_for_update(key_share=True))
    # What others have done to these moves while this transaction waited.
    return session.scalars(query.execution_options(populate_existing=True)).all()
