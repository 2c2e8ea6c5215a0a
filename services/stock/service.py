"""Stock commands: the only way to change quantities."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import History, Part, StockCommand
from schemas.errors import Conflict, NotFound
from schemas.slot import Slot
from schemas.stock import Build, Count, Move, Receive, Split, StockKind, StockResult, Undo, Use
from services.box import SlotService, explain_full
from services.commands import must_be_repeated, payload_of
from services.part import PartService, must_take_stock
from services.slot_reservation import SlotReservationService
from services.stock.booking import changes_of, placements_of, put, record
from services.stock.labels import LabelQuantities
from services.stock.rules import Quantities, applied, deltas_of

Order = Receive | Use | Move | Split | Count | Undo | Build


class StockService:
    """A command changes placements and history in one transaction, once for each command ID.

    Locks are taken in one order, so that commands cannot deadlock: the part, then the slots that it enters or leaves,
    by number. A transaction with commands on several parts locks all the parts first, by id4.
    """

    @staticmethod
    def carry_out(session: Session, id4: str, order: Order, *, settles: bool = True) -> StockCommand:
        """Carry out a command on a part's stock, or return the result of the same command before.

        A receipt also settles the suggestion of the same quantity, unless it is the suggestion that is being accepted.

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
        placements = placements_of(session, part)
        held = {slot: placement.qty for slot, placement in placements.items()}
        deltas, undoes = _deltas(session, part, order, held)
        after = applied(held, deltas)
        _enter(session, part, order, after, held)
        put(session, part, after, placements)
        waiting = LabelQuantities.find(session, part, order) if settles else LabelQuantities()
        result = StockResult(
            changes=changes_of(deltas, after),
            quantity=sum(after.values()),
            undoes=undoes,
            settled=waiting.settled,
            differing=waiting.differing,
        )
        command = record(session, part, order, deltas=deltas, result=result)
        waiting.settle(session, command)
        return command

    @staticmethod
    def list_history(session: Session, id4: str, *, after: int | None = None, limit: int) -> Sequence[History]:
        """Return the changes of a part's stock before the change `after`, newest first, with commands and undos."""
        query = select(History).where(History.part_id4 == id4)
        if after is not None:
            query = query.where(History.id < after)
        with_commands = joinedload(History.command).joinedload(StockCommand.undo)
        return session.scalars(query.options(with_commands).order_by(History.id.desc()).limit(limit)).all()


def _deltas(session: Session, part: Part, order: Order, held: Quantities) -> tuple[dict[Slot, int], UUID | None]:
    match order:
        case Undo():
            last = _last(session, part, order)
            return _opposite(session, last), last.id
        case Receive(slot=None):
            choice = SlotService.suggest(session, part)
            if choice is None:
                raise Conflict(explain_full(session, part), field="slot")
            return deltas_of(order.model_copy(update={"slot": choice.slot}), held), None
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


def _enter(session: Session, part: Part, order: Order, after: Quantities, held: Quantities) -> None:
    """Lock the slots that the part enters or leaves, and take those that it enters."""
    # A count of zero puts nothing into a slot.
    named = {slot for slot in after if slot not in held}
    entered = sorted(slot for slot in named if after[slot])
    left = {slot for slot in held if not after[slot]}
    if entered:
        must_take_stock(part)
    if not named | left:
        return
    try:
        SlotService.lock(session, sorted(named | left))
    except NotFound as gone:
        if isinstance(order, Undo):
            raise Conflict(f"the command cannot be undone: {gone.message} any more", **gone.details) from gone
        raise
    if not entered or isinstance(order, Use | Build):
        return
    if not order.share:
        SlotService.enter(session, part, entered)
    SlotReservationService.take(session, part, entered)
