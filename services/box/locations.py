"""The locations of a box."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import Session

from models import Box, Location, PartLocation
from schemas.errors import Conflict
from schemas.slot import Slot
from services.slot_reservation import SlotReservationService

_NAMED = 10
"The number of slots that a sentence names; the details name all."


class LocationService:
    """Adds and deletes locations, which are numbered from 1 to the capacity of their box, without gaps."""

    @staticmethod
    def create(session: Session, box: Box, *, after: int) -> None:
        """Add the locations after a number, up to the capacity of the box."""
        numbers = func.generate_series(after + 1, box.capacity).column_valued()
        rows = select(literal(box.id), literal(box.box_no), numbers)
        session.execute(insert(Location).from_select(["box_id", "box_no", "loc_no"], rows))

    @staticmethod
    def delete(session: Session, box: Box, *, after: int, what: str) -> None:
        """Delete the locations after a number; `what` names the change of the box that needs it.

        Raises:
            Conflict: a part lies in one of them, or one is kept for a part.
        """
        going = (Location.box_no == box.box_no, Location.loc_no > after)
        # The lock waits for transactions that put a part there now, so that the check below sees their parts.
        loc_nos = session.scalars(select(Location.loc_no).where(*going).order_by(Location.loc_no).with_for_update())
        slots = [Slot(box.box_no, loc_no) for loc_no in loc_nos]
        lying, kept = _lying(session, box.box_no, after), SlotReservationService.list(session, slots)
        if lying or kept:
            named = [f"{each.part_id4} lies in {each.slot} ({each.qty})" for each in lying]
            named += [f"{each.slot} is kept for {each.part_id4}" for each in kept]
            more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
            raise Conflict(
                f"box {box.box_no} cannot {what}: {', '.join(named[:_NAMED])}{more}; move these parts, and accept or "
                "reject the suggestions that keep a slot",
                lying=[{"slot": str(p.slot), "part": p.part_id4, "quantity": p.qty} for p in lying],
                kept=[
                    {"slot": str(each.slot), "part": each.part_id4, "suggestion": each.suggestion_id} for each in kept
                ],
            )
        session.execute(delete(Location).where(*going))


def _lying(session: Session, box_no: int, after: int) -> Sequence[PartLocation]:
    return session.scalars(
        select(PartLocation)
        .where(PartLocation.box_no == box_no, PartLocation.loc_no > after)
        .order_by(PartLocation.loc_no, PartLocation.part_id4)
    ).all()
