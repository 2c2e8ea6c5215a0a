"""The moves of plans as rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import batched
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, selectinload

from models import ReorgMove, ReorgPlan
from schemas.errors import NotFound
from schemas.reorg import ReorgCounts, ReorgMoveState
from schemas.slot import Slot

_ROWS_AT_ONCE = 5000

Way = Literal["apply", "undo"]


class NewMove(NamedTuple):
    """A move to store with a plan."""

    number: int
    step: int
    sitting: int
    part: str
    origin: Slot
    target: Slot
    quantity: int
    gain: float


class ReorgMoveService:
    """Stores moves, and says what became of them."""

    @staticmethod
    def replace(session: Session, plan: ReorgPlan, moves: Iterable[NewMove]) -> None:
        """Store the moves of a plan that is being made, instead of those of an attempt before."""
        session.execute(delete(ReorgMove).where(ReorgMove.plan_id == plan.id))
        for some in batched(moves, _ROWS_AT_ONCE):
            session.execute(insert(ReorgMove), [_row(plan.id, move) for move in some])

    @staticmethod
    def list(session: Session, plan_id: UUID, *, after: int = 0, limit: int) -> Sequence[ReorgMove]:
        """Return moves of a plan with their parts, in order, that come after a number."""
        query = select(ReorgMove).where(ReorgMove.plan_id == plan_id, ReorgMove.number > after)
        return session.scalars(
            query.options(selectinload(ReorgMove.part)).order_by(ReorgMove.number).limit(limit)
        ).all()

    @staticmethod
    def list_new(session: Session, plan_id: UUID) -> Sequence[NewMove]:
        """Return all moves of a plan as they were stored, in order."""
        move = ReorgMove
        query = select(
            move.number,
            move.step,
            move.sitting,
            move.part_id4,
            move.from_box,
            move.from_loc,
            move.to_box,
            move.to_loc,
            move.quantity,
            move.gain,
        ).where(move.plan_id == plan_id)
        return [
            NewMove(number, step, sitting, part, Slot(from_box, from_loc), Slot(to_box, to_loc), quantity, gain)
            for number, step, sitting, part, from_box, from_loc, to_box, to_loc, quantity, gain in session.execute(
                query.order_by(move.number)
            )
        ]

    @staticmethod
    def count(session: Session, plan_ids: Collection[UUID]) -> Mapping[UUID, ReorgCounts]:
        """Return how many moves of each plan are in each state."""
        counted: dict[UUID, dict[str, int]] = {plan_id: {} for plan_id in plan_ids}
        query = select(ReorgMove.plan_id, ReorgMove.state, func.count()).where(ReorgMove.plan_id.in_(plan_ids))
        for plan_id, state, count in session.execute(query.group_by(ReorgMove.plan_id, ReorgMove.state)):
            counted[plan_id][state.value] = count
        return {plan_id: ReorgCounts.model_validate(each) for plan_id, each in counted.items()}

    @staticmethod
    def list_share(session: Session, plan_id: UUID, way: Way, share: int, *, of: int) -> Sequence[int]:
        """Return what `list_numbers` has of one of several shares of a plan, from 0 on; the first comes first."""
        total = session.scalar(select(func.count()).where(ReorgMove.plan_id == plan_id)) or 0
        place = share if way == "apply" else of - 1 - share
        numbers = range(place * total // of + 1, (place + 1) * total // of + 1)
        return [number for number in ReorgMoveService.list_numbers(session, plan_id, way) if number in numbers]

    @staticmethod
    def list_numbers(session: Session, plan_id: UUID, way: Way, *, sitting: int | None = None) -> Sequence[int]:
        """Return the numbers of the moves that are left to apply or to undo, in the order in which to do that.

        Raises:
            NotFound: the sitting has no moves.
        """
        query = select(ReorgMove.number, ReorgMove.state).where(ReorgMove.plan_id == plan_id)
        if sitting is not None:
            query = query.where(ReorgMove.sitting == sitting)
        rows = session.execute(query.order_by(ReorgMove.number)).all()
        if sitting is not None and not rows:
            raise NotFound("sitting", sitting)
        left = [number for number, state in rows if (state is ReorgMoveState.APPLIED) == (way == "undo")]
        return left if way == "apply" else left[::-1]


def _row(plan_id: UUID, move: NewMove) -> dict[str, Any]:
    return {
        "plan_id": plan_id,
        "number": move.number,
        "step": move.step,
        "sitting": move.sitting,
        "part_id4": move.part,
        "from_box": move.origin.box_no,
        "from_loc": move.origin.loc_no,
        "to_box": move.target.box_no,
        "to_loc": move.target.loc_no,
        "quantity": move.quantity,
        "gain": move.gain,
    }
