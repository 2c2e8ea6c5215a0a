"""Reservations of slots: a slot is kept for a part, for a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from models import Location, Part, PartLocation, SlotReservation, Suggestion
from schemas.slot import Slot
from schemas.suggestion import SuggestionField

_CLEARED: Final = 200
"The most reservations to delete at a time when their time is over."

_PLACE: Final = tuple_(SlotReservation.box_no, SlotReservation.loc_no)
_SAME_PLACE: Final = and_(Location.box_no == SlotReservation.box_no, Location.loc_no == SlotReservation.loc_no)


class SlotReservationService:
    """Keeps slots for parts; a location is not free before its reservation is deleted, even when the time is over.

    Locations are locked before their reservations, by number, as everywhere.
    """

    @staticmethod
    def list(session: Session, slots: Sequence[Slot]) -> Sequence[SlotReservation]:
        """Return the reservations of these slots that last, by slot, with their parts and suggestions."""
        lasting = select(SlotReservation).where(_lasts(), _PLACE.in_(slots)).order_by(*_PLACE)
        with_both = (joinedload(SlotReservation.part), joinedload(SlotReservation.suggestion))
        return session.scalars(lasting.options(*with_both)).all()

    @staticmethod
    def list_of_part(session: Session, part: Part) -> Sequence[Slot]:
        """Return the slots that are kept for a part."""
        kept = select(SlotReservation).where(_lasts(), SlotReservation.part_id4 == part.id4)
        return [each.slot for each in session.scalars(kept.order_by(*_PLACE))]

    @staticmethod
    def create(
        session: Session, part: Part, slot: Slot, *, until: datetime | None, suggestion_id: int | None = None
    ) -> bool:
        """Keep a locked slot for a part, or change for how long; return False when it is kept for something else.

        A suggestion's reservation lasts as long as the suggestion says, whatever is asked for beside it.
        """
        place = {"box_no": slot.box_no, "loc_no": slot.loc_no}
        values = {"part_id4": part.id4, "suggestion_id": suggestion_id, "until": until}
        may_change = SlotReservation.part_id4 == part.id4
        if suggestion_id is None:
            may_change = and_(may_change, SlotReservation.suggestion_id.is_(None))
        kept = insert(SlotReservation).values(**place, **values)
        kept = kept.on_conflict_do_update(index_elements=list(place), set_=values, where=or_(~_lasts(), may_change))
        return session.scalar(kept.returning(SlotReservation.box_no)) is not None

    @staticmethod
    def create_for(session: Session, suggestion: Suggestion) -> bool:
        """Keep the slot of an open suggestion of stock, if it names one that no other part has."""
        named = suggestion.value.get("slot") if suggestion.field == SuggestionField.STOCK else None
        if named is None:
            return False
        slot, part = Slot.parse(named), session.get_one(Part, suggestion.part_id4)
        here = select(Location.id).filter_by(box_no=slot.box_no, loc_no=slot.loc_no)
        if session.scalar(here.with_for_update(key_share=True)) is None:
            return False
        if SlotReservationService.find_other(session, slot, part):
            return False
        until, id_ = suggestion.reserved_until, suggestion.id
        return SlotReservationService.create(session, part, slot, until=until, suggestion_id=id_)

    @staticmethod
    def find_other(session: Session, slot: Slot, part: Part) -> str | None:
        """Return the id4 of another part that lies in a slot, or for which it is kept."""
        here = {"box_no": slot.box_no, "loc_no": slot.loc_no}
        lying = select(PartLocation.part_id4).filter_by(**here)
        users = lying.union(select(SlotReservation.part_id4).filter_by(**here).where(_lasts())).subquery()
        return session.scalar(select(users.c.part_id4).where(users.c.part_id4 != part.id4).limit(1))

    @staticmethod
    def take(session: Session, part: Part, slots: Sequence[Slot]) -> None:
        """Drop the part's reservations of slots into which it comes."""
        SlotReservationService.delete(session, and_(SlotReservation.part_id4 == part.id4, _PLACE.in_(slots)))

    @staticmethod
    def delete(session: Session, which: ColumnElement[bool]) -> None:
        """Give slots free again."""
        going = select(Location.box_no, Location.loc_no).join(SlotReservation, _SAME_PLACE).where(which)
        locked = going.order_by(Location.box_no, Location.loc_no).with_for_update(key_share=True, of=Location)
        if slots := [Slot(*row) for row in session.execute(locked)]:
            session.execute(delete(SlotReservation).where(_PLACE.in_(slots), which))

    @staticmethod
    def delete_expired(session: Session) -> int:
        """Give slots free again whose time is over, a few at a time; return how many.

        Those that another transaction uses now are left to it, so that nothing waits here.
        """
        going = (
            select(Location.box_no, Location.loc_no)
            .join(SlotReservation, _SAME_PLACE)
            .where(SlotReservation.until <= func.now())
            .order_by(SlotReservation.until)
            .limit(_CLEARED)
            .with_for_update(key_share=True, of=Location, skip_locked=True)
        )
        slots = [Slot(*row) for row in session.execute(going)]
        if slots:
            session.execute(delete(SlotReservation).where(_PLACE.in_(slots), SlotReservation.until <= func.now()))
        return len(slots)


def _lasts() -> ColumnElement[bool]:
    return or_(SlotReservation.until.is_(None), SlotReservation.until > func.now())
