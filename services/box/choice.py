"""The choice of free slots for a part, and the permission to use one."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Integer, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from models import Location, Part, PartLocation
from schemas.errors import Conflict, NotFound
from schemas.slot import Slot
from services.box.free import SlotChoice, find_free
from services.slot_reservation import SlotReservationService


class SlotService:
    """Chooses free slots: beside the part's kin, else in a box for its type, else the first in a box for any type.

    A slot that is chosen is locked until the transaction ends, and other transactions pass over it. So no two choose
    the same slot, and none waits for another.
    """

    @staticmethod
    def suggest(session: Session, part: Part) -> SlotChoice | None:
        """Return the best slot for a part, or None when every location is in use or kept for another part.

        A part that already has a slot keeps it.
        """
        return next(iter(SlotService.suggest_several(session, part, count=1)), None)

    @staticmethod
    def suggest_several(session: Session, part: Part, *, count: int) -> Sequence[SlotChoice]:
        """Return up to `count` slots for a part, best first: where it lies, what is kept for it, and free ones."""
        found = _own(session, part)[:count]
        if len(found) < count:
            SlotReservationService.delete_expired(session)
            found += find_free(session, part, count - len(found))
        return found

    @staticmethod
    def lock(session: Session, slots: Sequence[Slot]) -> None:
        """Lock slots by number, as everything does that puts parts in or takes them out.

        Raises:
            NotFound: a location does not exist.
        """
        place = tuple_(Location.box_no, Location.loc_no)
        locked = select(Location.box_no, Location.loc_no).where(place.in_(slots)).order_by(*place)
        there = {Slot(*row) for row in session.execute(locked.with_for_update(key_share=True))}
        for slot in slots:
            if slot not in there:
                raise NotFound("location", slot)

    @staticmethod
    def enter(session: Session, part: Part, slots: Sequence[Slot]) -> None:
        """Take locked slots that are new to the part, unless another part lies in one.

        Raises:
            Conflict: another part lies there; the sentence names a slot that is free.
        """
        lying = tuple_(PartLocation.box_no, PartLocation.loc_no).in_(slots)
        other = session.scalar(select(PartLocation).where(lying, PartLocation.part_id4 != part.id4).limit(1))
        if other is None:
            return
        free = next(iter(find_free(session, part, 1)), None)
        raise Conflict(
            f"{other.part_id4} already lies in {other.slot}; choose another slot"
            f"{f', such as {free.slot}' if free else ''}, or set share to put both there",
            slot=str(other.slot),
            part=other.part_id4,
            quantity=other.qty,
            free=str(free.slot) if free else None,
        )

    @staticmethod
    def hold(session: Session, slots: Sequence[Slot]) -> None:
        """Lock the slots that exist, and let the transaction itself not choose them until it releases them."""
        session.execute(select(func.locations_hold(*_arrays(slots))))

    @staticmethod
    def release(session: Session, slots: Sequence[Slot]) -> None:
        """Let held slots be chosen again where they are still free."""
        session.execute(select(func.locations_refresh(*_arrays(slots))))


def _arrays(slots: Sequence[Slot]) -> tuple[ColumnElement[Sequence[int]], ColumnElement[Sequence[int]]]:
    """Return box and location numbers as two parameters, however many slots there are."""
    boxes, numbers = (literal([slot[part] for slot in slots], ARRAY(Integer)) for part in (0, 1))
    return boxes, numbers


def _own(session: Session, part: Part) -> list[SlotChoice]:
    lying = select(PartLocation).where(PartLocation.part_id4 == part.id4).order_by(PartLocation.qty.desc())
    own = [each.slot for each in session.scalars(lying)]
    kept = [slot for slot in SlotReservationService.list_of_part(session, part) if slot not in own]
    return [SlotChoice(slot, "the part already lies there", 0.99, holds_part=True) for slot in own] + [
        SlotChoice(slot, "the slot is kept for the part", 0.95) for slot in kept
    ]
