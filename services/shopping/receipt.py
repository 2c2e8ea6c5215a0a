"""Receipts of ordered lines."""

from typing import Final
from uuid import uuid5

from sqlalchemy.orm import Session

from models import Part, ShoppingLine, ShoppingReceipt
from models.locks import Lock, hold
from schemas.errors import Conflict
from schemas.part import NewPart
from schemas.shopping import LineState, ReceiptResult, ReceiveLine
from schemas.stock import Receive, StockResult
from services.commands import must_be_repeated, payload_of
from services.part import PartService
from services.shopping.service import ShoppingService
from services.stock import StockService

_FIRST: Final = {
    LineState.WANTED: "order it before you receive it",
    LineState.RECEIVED: "add another line for the extra quantity",
}


class ShoppingReceiptService:
    """Books a receipt by a command on the part's stock, in the transaction that changes the line."""

    @staticmethod
    def receive(session: Session, line_id: int, order: ReceiveLine) -> ShoppingReceipt:
        """Book the receipt of an ordered line, or return the result of the same command before.

        Raises:
            NotFound: the line, the part or the slot does not exist.
            Conflict: the line is not ordered, its part is not clear, or the slot cannot be used.
            Unprocessable: the command ID was used before with another payload.
        """
        # Taken before any row lock: parts are locked before lines, but only the line names its part.
        hold(session, Lock.SHOPPING_LINE, line_id)
        line = ShoppingService.get(session, line_id)
        before = session.get(ShoppingReceipt, order.command_id)
        if before is not None:
            now = (line.id, payload_of(order))
            must_be_repeated(before.id, before=(before.line_id, before.payload), now=now, line=before.line_id)
            return before
        if line.state != LineState.ORDERED:
            raise Conflict(f"line {line.id} is {line.state}; {_FIRST[line.state]}", state=line.state)
        part = _part_of(session, line, order)
        line = ShoppingService.lock(session, line_id)
        if line.state != LineState.ORDERED or line.part_id4 != part.id4:
            raise Conflict(
                f"another request changed line {line.id} at the same time; read the line and retry", line=line.id
            )
        return _booked(session, line, part, order)


def _part_of(session: Session, line: ShoppingLine, order: ReceiveLine) -> Part:
    """Return the part that arrived, locked; a line without a part gets it."""
    if line.part_id4 is not None:
        part = PartService.lock(session, line.part_id4)
        if order.new_part or (order.part and PartService.resolve(session, order.part) != part.id4):
            raise Conflict(
                f"line {line.id} has part {part.id4}; leave out part and new_part, or change the line's part first",
                part=part.id4,
            )
        return part
    if order.part is None and order.new_part is None:
        raise Conflict(f"line {line.id} has no part yet; give part, or new_part to add one", field="part")
    ShoppingService.lock_project(session, line)
    part = PartService.lock(session, order.part) if order.part else _made(session, line, order.new_part or NewPart())
    ShoppingService.identify(session, line, part)
    return part


def _made(session: Session, line: ShoppingLine, new: NewPart) -> Part:
    from_line = {"description": line.text, "seller": line.seller, "seller_link": line.seller_link}
    if new.seller is not None:
        del from_line["seller_link"]
    given = new.model_dump(exclude_none=True)
    part = PartService.create(session)
    PartService.update(session, part, {name: value for name, value in from_line.items() if value} | given)
    return part


def _booked(session: Session, line: ShoppingLine, part: Part, order: ReceiveLine) -> ShoppingReceipt:
    command = StockService.carry_out(
        session,
        part.id4,
        Receive(
            command_id=uuid5(order.command_id, part.id4),
            reason=f"shopping line {line.id}",
            quantity=order.quantity,
            slot=order.slot,
            share=order.share,
        ),
    )
    line.received += order.quantity
    ShoppingService.settle(session, line)
    result = ReceiptResult(
        part=part.id4,
        stock_command=command.id,
        changes=StockResult.model_validate(command.result).changes,
        received=line.received,
        state=line.state,
    )
    receipt = ShoppingReceipt(
        id=order.command_id,
        line_id=line.id,
        stock_command_id=command.id,
        payload=payload_of(order),
        result=result.model_dump(mode="json"),
    )
    session.add(receipt)
    session.flush()
    return receipt
