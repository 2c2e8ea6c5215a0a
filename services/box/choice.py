"""The choice of a slot for a part, and the permission to use one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select, true, tuple_
from sqlalchemy.orm import Session

from models import Box, BoxType, Location, Part, PartLocation, Suggestion
from models.locks import Lock, hold
from schemas.errors import Conflict, NotFound
from schemas.slot import Slot
from schemas.suggestion import SuggestionField, SuggestionState


@dataclass(frozen=True)
class SlotChoice:
    """A free location, with the reason for the choice."""

    slot: Slot
    why: str
    confidence: float


class SlotService:
    """Chooses a free location in a box that holds the part's type, else in one for that type, else the first one."""

    @staticmethod
    def hold_choices(session: Session) -> None:
        """Prevent other transactions from choosing a slot until the caller's transaction ends."""
        hold(session, Lock.SLOT_CHOICE)

    @staticmethod
    def enter(session: Session, part: Part, slots: Sequence[Slot], *, share: bool) -> None:
        """Lock slots that are new to the part, so that two parts never share one unless the user allows it.

        Raises:
            NotFound: a location does not exist.
            Conflict: another part lies there, and `share` is false.
        """
        place = tuple_(Location.box_no, Location.loc_no)
        locked = (
            select(Location.box_no, Location.loc_no).where(place.in_(slots)).order_by(Location.box_no, Location.loc_no)
        )
        there = {(row.box_no, row.loc_no) for row in session.execute(locked.with_for_update(key_share=True))}
        for slot in slots:
            if slot not in there:
                raise NotFound("location", slot)
        if share:
            return
        lying = tuple_(PartLocation.box_no, PartLocation.loc_no).in_(slots)
        other = session.scalar(select(PartLocation).where(lying, PartLocation.part_id4 != part.id4).limit(1))
        if other is not None:
            raise Conflict(
                f"{other.part_id4} already lies in {other.slot}; choose another slot, or set share to put both there",
                slot=str(other.slot),
                part=other.part_id4,
                quantity=other.qty,
            )

    @staticmethod
    def suggest(session: Session, part: Part) -> SlotChoice | None:
        """Return the best slot for a part, or None when every location is in use or promised to another part.

        A part that already has a slot keeps it. Only one transaction chooses at a time, so that two parts are never
        promised the same slot.
        """
        SlotService.hold_choices(session)
        own = session.execute(
            select(PartLocation.box_no, PartLocation.loc_no)
            .where(PartLocation.part_id4 == part.id4)
            .order_by(PartLocation.qty.desc())
            .limit(1)
        ).one_or_none()
        if own:
            return SlotChoice(Slot(*own), "the part already lies there", 0.99)
        for condition, why, confidence in SlotService._preferences(part):
            free = session.execute(SlotService._free(condition, part).limit(1)).one_or_none()
            if free:
                return SlotChoice(Slot(*free), why, confidence)
        return None

    @staticmethod
    def list_free(session: Session, part: Part) -> Iterator[Slot]:
        """Yield the slots that `suggest` would choose, best first; call `hold_choices` before, to rely on them."""
        for condition, _why, _confidence in SlotService._preferences(part):
            for row in session.execute(SlotService._free(condition, part)).all():
                yield Slot(*row)

    @staticmethod
    def _preferences(part: Part) -> list[tuple[ColumnElement[bool], str, float]]:
        designated = exists().where(BoxType.box_id == Box.id)
        last = [
            (~designated, "the first free location in a box for any type", 0.5),
            (true(), "the first free location", 0.4),
        ]
        if part.type_id is None:
            return last
        holds_type = exists().where(
            PartLocation.box_no == Box.box_no, PartLocation.part_id4 == Part.id4, Part.type_id == part.type_id
        )
        return [
            (holds_type, "the box holds parts of this type", 0.9),
            (designated.where(BoxType.type_id == part.type_id), "the box is for this type", 0.8),
            *last,
        ]

    @staticmethod
    def _free(condition: ColumnElement[bool], part: Part) -> Select[int, int]:
        in_use = exists().where(PartLocation.box_no == Location.box_no, PartLocation.loc_no == Location.loc_no)
        promised = exists().where(
            Suggestion.field == SuggestionField.STOCK,
            Suggestion.state == SuggestionState.PROPOSED,
            Suggestion.part_id4 != part.id4,
            Suggestion.value["slot"].as_string() == func.concat(Location.box_no, "-", Location.loc_no),
        )
        return (
            select(Location.box_no, Location.loc_no)
            .join(Box, Box.id == Location.box_id)
            .where(~in_use, ~promised, condition)
            .order_by(Location.box_no, Location.loc_no)
        )
