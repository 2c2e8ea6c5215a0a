"""What is in the way of a step of a plan, as a sentence that says what to do."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from models import PartLocation, ReorgMove
from schemas.errors import Conflict
from schemas.reorg import ReorgMoveState
from schemas.slot import Slot
from services.reorg.moves import Way
from services.slot_reservation import SlotReservationService


class _Bag(NamedTuple):
    part: str
    slot: Slot


def must_be_free(session: Session, moves: Sequence[ReorgMove], slots: Sequence[tuple[Slot, Slot]], *, way: Way) -> None:
    """Check that each bag lies in its slot, and that its new slot is free once the step has lifted all its bags.

    Raises:
        Conflict: a bag is gone, or something lies in a slot that one needs, or the slot is kept for another part.
    """
    lifted = {_Bag(move.part_id4, origin) for move, (origin, _) in zip(moves, slots, strict=True)}
    lying = _lying(session, {slot for pair in slots for slot in pair})
    for bag in sorted(lifted - lying):
        raise Conflict(
            f"{bag.part} does not lie in {bag.slot} any more; plan the rest again", part=bag.part, slot=str(bag.slot)
        )
    staying = {bag.slot: bag for bag in sorted(lying - lifted, reverse=True)}
    for move, (_, target) in zip(moves, slots, strict=True):
        if there := staying.get(target):
            advice = _advice(session, move, there, way)
            raise Conflict(
                f"{move.part_id4} cannot come to {target}: {there.part} lies there; {advice}",
                part=there.part,
                slot=str(target),
            )
    _must_not_be_kept(session, {target: move.part_id4 for move, (_, target) in zip(moves, slots, strict=True)})


def _lying(session: Session, slots: set[Slot]) -> set[_Bag]:
    place = tuple_(PartLocation.box_no, PartLocation.loc_no)
    rows = session.execute(
        select(PartLocation.part_id4, PartLocation.box_no, PartLocation.loc_no).where(place.in_(sorted(slots)))
    )
    return {_Bag(part, Slot(box_no, loc_no)) for part, box_no, loc_no in rows}


def _advice(session: Session, move: ReorgMove, bag: _Bag, way: Way) -> str:
    """Say which move of the same plan takes away what is in the way, if one does."""
    box, loc = (ReorgMove.from_box, ReorgMove.from_loc) if way == "apply" else (ReorgMove.to_box, ReorgMove.to_loc)
    is_left = ReorgMove.state != ReorgMoveState.APPLIED if way == "apply" else ReorgMove.state == ReorgMoveState.APPLIED
    takes_away = select(ReorgMove.number).where(
        ReorgMove.plan_id == move.plan_id,
        ReorgMove.part_id4 == bag.part,
        box == bag.slot.box_no,
        loc == bag.slot.loc_no,
    )
    number = session.scalar(takes_away.where(is_left).order_by(ReorgMove.number).limit(1))
    if number is not None:
        return f"{way} move {number} first, which takes it away"
    return "plan the rest again" if way == "apply" else "move it away first"


def _must_not_be_kept(session: Session, coming: dict[Slot, str]) -> None:
    for kept in SlotReservationService.list(session, sorted(coming)):
        if kept.part_id4 != coming[kept.slot]:
            raise Conflict(
                f"{coming[kept.slot]} cannot come to {kept.slot}: the slot is kept for {kept.part_id4}; accept or "
                "reject the suggestion that keeps it, or plan the rest again",
                part=kept.part_id4,
                slot=str(kept.slot),
            )
