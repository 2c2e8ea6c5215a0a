"""What every command on a part's stock writes: placements and history."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import History, Part, PartLocation, StockCommand
from schemas.slot import Slot
from schemas.stock import StockChange, StockOrder, StockResult
from services.commands import payload_of
from services.stock.rules import Quantities


def placements_of(session: Session, part: Part) -> dict[Slot, PartLocation]:
    """Return the placements of a locked part by slot."""
    lying = select(PartLocation).where(PartLocation.part_id4 == part.id4)
    rows = session.scalars(lying.execution_options(populate_existing=True))
    return {Slot(row.box_no, row.loc_no): row for row in rows}


def changes_of(deltas: Quantities, after: Quantities) -> tuple[StockChange, ...]:
    """Return what changed, slot by slot."""
    return tuple(
        StockChange(slot=slot, delta_qty=delta, quantity=after[slot]) for slot, delta in deltas.items() if delta
    )


def put(session: Session, part: Part, after: Mapping[Slot, int], placements: Mapping[Slot, PartLocation]) -> None:
    """Let these quantities lie in these slots."""
    for slot, quantity in after.items():
        placement = placements.get(slot)
        if placement is None and quantity:
            session.add(PartLocation(part_id4=part.id4, box_no=slot.box_no, loc_no=slot.loc_no, qty=quantity))
        elif placement is not None and quantity:
            placement.qty = quantity
        elif placement is not None:
            session.delete(placement)


def record(
    session: Session, part: Part, order: StockOrder, *, deltas: Mapping[Slot, int], result: StockResult
) -> StockCommand:
    """Insert a command with its history."""
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
