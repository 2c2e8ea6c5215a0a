"""Turns: bags that swap slots through the hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Part, PartLocation, StockCommand
from schemas.slot import Slot
from schemas.stock import StockResult, Turn, TurnedBag
from services.box import SlotService
from services.commands import must_be_repeated, part_command_id, payload_of
from services.part import PartLockService
from services.slot_reservation import SlotReservationService
from services.stock.booking import changes_of, placements_of, put, record
from services.stock.rules import Quantities, applied, turned


class TurnService:
    """Books a turn as one command on the stock of each part, all of them in one transaction or none.

    The slots stay locked from the first bag that is lifted to the last that is laid down, so that nothing else comes
    between, and no two bags ever lie in one slot.
    """

    @staticmethod
    def carry_out(session: Session, order: Turn) -> Sequence[StockCommand]:
        """Turn bags, or return the commands of the same turn before; one for each part, by id4.

        Raises:
            NotFound: a part or a location does not exist.
            Conflict: a bag does not lie in its slot any more, or another part lies where one is to come.
            Unprocessable: the command ID was used before with another payload.
        """
        parts = PartLockService.lock(session, {bag.part for bag in order.bags})
        before = _before(session, order)
        if before:
            return before
        slots = {slot for bag in order.bags for slot in (bag.from_slot, bag.to_slot)}
        SlotService.lock(session, sorted(slots))
        turns = [_Turned.of(session, part, bags) for part, bags in _by_part(parts, order.bags)]
        for each in turns:
            each.lift(session)
        # Until this is written, the slots seem to be in use.
        session.flush()
        return [each.lay_down(session, order) for each in turns]


def _before(session: Session, order: Turn) -> Sequence[StockCommand]:
    ids = [part_command_id(order.command_id, bag.part) for bag in order.bags]
    found = session.scalars(select(StockCommand).where(StockCommand.id.in_(ids)).order_by(StockCommand.part_id4)).all()
    for each in found:
        given, now = (each.kind, each.payload), (order.kind, payload_of(order))
        must_be_repeated(order.command_id, before=given, now=now, kind=each.kind, part=each.part_id4)
    return found


def _by_part(parts: Mapping[str, Part], bags: Sequence[TurnedBag]) -> list[tuple[Part, list[TurnedBag]]]:
    grouped: dict[str, list[TurnedBag]] = {}
    for bag in bags:
        grouped.setdefault(parts[bag.part].id4, []).append(bag)
    return [(parts[grouped[id4][0].part], grouped[id4]) for id4 in sorted(grouped)]


@dataclass(frozen=True)
class _Turned:
    part: Part
    named: str
    "the id4 by which the turn names the part"
    placements: Mapping[Slot, PartLocation]
    deltas: Quantities
    after: Quantities

    @classmethod
    def of(cls, session: Session, part: Part, bags: Sequence[TurnedBag]) -> "_Turned":
        placements = placements_of(session, part)
        held = {slot: placement.qty for slot, placement in placements.items()}
        deltas = turned(bags, held)
        return cls(part, bags[0].part, placements, deltas, applied(held, deltas))

    def lift(self, session: Session) -> None:
        lifted = {slot: self.after[slot] for slot, delta in self.deltas.items() if delta < 0}
        put(session, self.part, lifted, self.placements)

    def lay_down(self, session: Session, order: Turn) -> StockCommand:
        laid = {slot: self.after[slot] for slot, delta in self.deltas.items() if delta > 0}
        entered = sorted(slot for slot in laid if slot not in self.placements)
        SlotService.enter(session, self.part, entered)
        SlotReservationService.take(session, self.part, entered)
        put(session, self.part, laid, self.placements)
        result = StockResult(changes=changes_of(self.deltas, self.after), quantity=sum(self.after.values()))
        named = order.model_copy(update={"command_id": self._command_id(order)})
        return record(session, self.part, named, deltas=self.deltas, result=result)

    def _command_id(self, order: Turn) -> UUID:
        return part_command_id(order.command_id, self.named)
