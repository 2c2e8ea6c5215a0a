"""Stock commands: the only way to change quantities."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import History, Part, PartLocation, StockCommand
from schemas.errors import Conflict, NotFound
from schemas.slot import Slot
from schemas.stock import Build, Count, Move, Receive, Split, StockChange, StockKind, StockResult, Undo, Use
from services.box import SlotService
from services.commands import must_be_repeated, payload_of
from services.part import PartService, must_take_stock
from services.stock.rules import Quantities, applied, deltas_of

Order = Receive | Use | Move | Split | Count | Undo | Build


class StockService:
    """A command changes placements and history in one transaction, once for each command ID.

    Locks are taken in one order, so that commands cannot deadlock: the part, the choice of a slot, then the slots that
    are new to the part, by number. A transaction with commands on several parts locks all the parts first, by id4.
    """

    @staticmethod
    def carry_out(session: Session, id4: str, order: Order) -> StockCommand:
        """Carry out a command on a part's stock, or return the result of the same command before.

        Raises:
            NotFound: the part or a location does not exist.
            InvalidInput: a slot is named twice.
            Conflict: the stock is too small, another part lies in the slot, the slot is not clear, or the command to
                undo is not the last.
            Unprocessable: the command ID was used before with another payload.
        """
        part = PartService.lock(session, id4)
        before = session.get(StockCommand, order.command_id)
        if before is not None:
            given = (before.part_id4, before.kind, before.payload)
            now = (part.id4, order.kind, payload_of(order))
            must_be_repeated(before.id, before=given, now=now, kind=before.kind, part=before.part_id4)
            return before
        if isinstance(order, Receive):
            must_take_stock(part)
        placements = _placements(session, part)
        held = {slot: placement.qty for slot, placement in placements.items()}
        deltas, undoes = _deltas(session, part, order, held)
        after = applied(held, deltas)
        _enter(session, part, order, entered={slot: after[slot] for slot in deltas if slot not in held})
        _place(session, part, after, placements)
        changes = [
            StockChange(slot=slot, delta_qty=delta, quantity=after[slot]) for slot, delta in deltas.items() if delta
        ]
        result = StockResult(changes=tuple(changes), quantity=sum(after.values()), undoes=undoes)
        return _record(session, part, order, deltas=deltas, result=result)

    @staticmethod
    def list_history(session: Session, id4: str, *, after: int | None = None, limit: int) -> Sequence[History]:
        """Return the changes of a part's stock before the change `after`, newest first, with commands and undos."""
        query = select(History).where(History.part_id4 == id4)
        if after is not None:
            query = query.where(History.id < after)
        with_commands = joinedload(History.command).joinedload(StockCommand.undo)
        return session.scalars(query.options(with_commands).order_by(History.id.desc()).limit(limit)).all()


def _placements(session: Session, part: Part) -> dict[Slot, PartLocation]:
    lying = select(PartLocation).where(PartLocation.part_id4 == part.id4)
    rows = session.scalars(lying.execution_options(populate_existing=True))
    return {Slot(row.box_no, row.loc_no): row for row in rows}


def _deltas(session: Session, part: Part, order: Order, held: Quantities) -> tuple[dict[Slot, int], UUID | None]:
    match order:
        case Undo():
            last = _last(session, part, order)
            return _opposite(session, last), last.id
        case Receive(slot=None):
            choice = SlotService.suggest(session, part)
            return deltas_of(order.model_copy(update={"slot": choice and choice.slot}), held), None
        case _:
            return deltas_of(order, held), None


def _last(session: Session, part: Part, order: Undo) -> StockCommand:
    newest = select(StockCommand).where(StockCommand.part_id4 == part.id4).order_by(StockCommand.seq.desc()).limit(1)
    last = session.scalar(newest)
    if last is None:
        raise Conflict(f"{part.id4} has no command to undo: its stock was never booked")
    details = {"last": str(last.id), "kind": last.kind}
    if order.undoes not in (None, last.id):
        raise Conflict(
            f"command {order.undoes} is not the last on {part.id4}; only the last, {last.kind} {last.id}, can be",
            **details,
        )
    if last.kind == StockKind.UNDO:
        raise Conflict(
            f"the last command on {part.id4} was already undone; give it again under a new ID to repeat it", **details
        )
    return last


def _opposite(session: Session, command: StockCommand) -> dict[Slot, int]:
    rows = session.scalars(select(History).where(History.command_id == command.id).order_by(History.id))
    return {Slot(row.box_no, row.loc_no): -row.delta_qty for row in rows}


def _enter(session: Session, part: Part, order: Order, *, entered: Quantities) -> None:
    if not entered or isinstance(order, Use | Build):
        return
    # A count of zero puts nothing into a slot.
    comes = any(entered.values())
    if comes:
        must_take_stock(part)
    try:
        SlotService.enter(session, part, sorted(entered), share=order.share or not comes)
    except NotFound as gone:
        if isinstance(order, Undo):
            raise Conflict(f"the command cannot be undone: {gone.message} any more", **gone.details) from gone
        raise


def _place(session: Session, part: Part, after: Mapping[Slot, int], placements: Mapping[Slot, PartLocation]) -> None:
    for slot, quantity in after.items():
        placement = placements.get(slot)
        if placement is None and quantity:
            session.add(PartLocation(part_id4=part.id4, box_no=slot.box_no, loc_no=slot.loc_no, qty=quantity))
        elif placement is not None and quantity:
            placement.qty = quantity
        elif placement is not None:
            session.delete(placement)


def _record(
    session: Session, part: Part, order: Order, *, deltas: Mapping[Slot, int], result: StockResult
) -> StockCommand:
    command = StockCommand(
        id=order.command_id,
        part_id4=part.id4,
        kind=order.kind,
        payload=payload_of(order),
        result=result.model_dump(mode="json"),
        undoes=result.undoes,
    )
    session.add(command)
    session.add_all(
        History(
            command=command,
            part_id4=part.id4,
            delta_qty=delta,
            reason=order.reason or order.kind,
            box_no=slot.box_no,
            loc_no=slot.loc_no,
        )
        for slot, delta in deltas.items()
        if delta
    )
    session.flush()
    return command
