"""Receiving what was ordered."""

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
    LineState.RECEIVED: "add another line for what came besides",
}


class ShoppingReceiptService:
    """What came is booked on the part's stock by a command of its own, in the transaction that changes the line."""

    @staticmethod
    def receive(session: Session, line_id: int, order: ReceiveLine) -> ShoppingReceipt:
        """Book what came of an ordered line, or return what the command did before.

        Raises:
            NotFound: there is no such line, part or slot.
            Conflict: the line is not ordered, it is not clear which part came, or the slot cannot be used.
            Unprocessable: the id was given before for something else.
        """
        # Before any row is locked: parts are locked before lines, but only the line says which part came.
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
            raise Conflict(f"line {line.id} was changed at the same time; look at it and try again", line=line.id)
        return _booked(session, line, part, order)


def _part_of(session: Session, line: ShoppingLine, order: ReceiveLine) -> Part:
    """Return the part that came, locked; a line without one becomes one of it."""
    if line.part_id4 is not None:
        part = PartService.lock(session, line.part_id4)
        if order.new_part or (order.part and PartService.resolve(session, order.part) != part.id4):
            raise Conflict(
                f"line {line.id} is of {part.id4}; say neither part nor new_part, or change its part first",
                part=part.id4,
            )
        return part
    if order.part is None and order.new_part is None:
        raise Conflict(f"line {line.id} has no part yet; say part, or new_part to make one", field="part")
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
