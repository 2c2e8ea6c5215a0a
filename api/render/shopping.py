"""The shopping list, as DTOs."""

from collections.abc import Iterable
from itertools import groupby

from flask import url_for

from api.render.row import rendered
from models import ShoppingLine, ShoppingReceipt
from schemas.company import SELLERS
from schemas.shopping import LineList, LineOut, LineState, ReceiptOut, SellerLines, SellerList


def line_out(line: ShoppingLine) -> LineOut:
    """Render a line."""
    return rendered(
        LineOut,
        line,
        part=line.part_id4,
        manufacturer_code=line.part and line.part.manufacturer_code,
        description=line.part and line.part.description,
        project=line.project_id,
        links=_links(line),
    )


def line_list(lines: Iterable[ShoppingLine]) -> LineList:
    """Render lines."""
    return LineList(lines=tuple(line_out(each) for each in lines))


def seller_list(lines: Iterable[ShoppingLine]) -> SellerList:
    """Render lines that come seller by seller; one seller may be written in several ways."""
    grouped = groupby((line_out(each) for each in lines), key=lambda line: line.seller and SELLERS.key(line.seller))
    groups = [tuple(of_one) for _, of_one in grouped]
    return SellerList(sellers=tuple(SellerLines(seller=group[0].seller, lines=group) for group in groups))


def receipt_out(receipt: ShoppingReceipt) -> ReceiptOut:
    """Render what a receipt did when it was booked."""
    links = {
        "line": url_for("shopping.get", line_id=receipt.line_id),
        "part": url_for("parts.get", id4=receipt.result["part"]),
    }
    return ReceiptOut.model_validate(
        {**receipt.result, "command_id": receipt.id, "line": receipt.line_id, "at": receipt.at, "links": links}
    )


def _links(line: ShoppingLine) -> dict[str, str]:
    links = {"self": url_for("shopping.get", line_id=line.id)}
    if line.part_id4:
        links["part"] = url_for("parts.get", id4=line.part_id4)
    if line.project_id:
        links["project"] = url_for("projects.get", project_id=line.project_id)
    if line.state == LineState.ORDERED:
        links["receive"] = url_for("shopping.receive", line_id=line.id)
    return links
