"""The shopping list."""

from flask import Blueprint, Response

from api.http.idempotency import RetryHeaders, once
from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.shopping import line_list, line_out, receipt_out, seller_list
from schemas.cursor import cut
from schemas.shopping import (
    LineIds,
    LineList,
    LineOut,
    LinePage,
    LinePatch,
    LineQuery,
    NewLine,
    ReceiptOut,
    ReceiveLine,
    SellerList,
    SellersQuery,
)
from services.shopping import ShoppingReceiptService, ShoppingService

bp = Blueprint("shopping", __name__, url_prefix="/shopping")

_LINE = "/<int:line_id>"
_KEPT = ("part", "quantity")
"Fields that null does not clear."


@bp.get("")
@spec.validate(resp=answers(404, HTTP_200=LinePage), tags=["shopping"])
def page(query: LineQuery) -> LinePage:
    """List lines, oldest first; pass `next` as `after` to get the next page."""
    found = ShoppingService.list(db(), query, limit=query.limit + 1)
    shown, last = cut(found, query.limit)
    return LinePage(lines=tuple(map(line_out, shown)), next=last and last.id)


@bp.get("/sellers")
@spec.validate(resp=answers(HTTP_200=SellerList), tags=["shopping"])
def sellers(query: SellersQuery) -> SellerList:
    """Show all lines of a state by seller, lines without a seller last."""
    return seller_list(ShoppingService.list_by_seller(db(), query.state))


@bp.post("")
@spec.validate(resp=answers(404, 409, 413, 415, 422, HTTP_201=LineOut), tags=["shopping"])
def create(json: NewLine, headers: RetryHeaders) -> tuple[LineOut, int, dict[str, str]]:
    """Put something on the list."""
    added, replayed = once(
        "shopping", headers.key, [json.model_dump_json()], do=lambda: ShoppingService.create(db(), json).id
    )
    shown = line_out(ShoppingService.get(db(), added))
    return shown, 201, {"Location": shown.links["self"], **replayed}


@bp.post("/order")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=LineList), tags=["shopping"])
def order(json: LineIds) -> LineList:
    """Note that wanted lines are ordered, all of them or none; one that is ordered already is refused."""
    return line_list(ShoppingService.order(db(), json.lines))


@bp.post("/withdraw")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=LineList), tags=["shopping"])
def withdraw(json: LineIds) -> LineList:
    """Note that ordered lines of which nothing came are only wanted again, all of them or none."""
    return line_list(ShoppingService.withdraw(db(), json.lines))


@bp.get(_LINE)
@spec.validate(resp=answers(404, HTTP_200=LineOut), tags=["shopping"])
def get(line_id: int) -> LineOut:
    """Show a line."""
    return line_out(ShoppingService.get(db(), line_id))


@bp.patch(_LINE)
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=LineOut), tags=["shopping"])
def change(line_id: int, json: LinePatch) -> LineOut:
    """Change a line that is not received yet; a quantity that has already come makes it received."""
    given = json.model_dump(exclude_unset=True)
    changes = {field: value for field, value in given.items() if value is not None or field not in _KEPT}
    ShoppingService.update(db(), line_id, changes)
    return line_out(ShoppingService.get(db(), line_id))


@bp.delete(_LINE)
@spec.validate(resp=answers(404, 409, HTTP_204=None), tags=["shopping"])
def delete(line_id: int) -> Response:
    """Take a line off the list that is wanted or received; one that is ordered is on its way."""
    ShoppingService.delete(db(), line_id)
    return Response(status=204)


@bp.post(f"{_LINE}/receive")
@spec.validate(resp=answers(404, 409, 413, 415, 422, HTTP_200=ReceiptOut), tags=["shopping"])
def receive(line_id: int, json: ReceiveLine) -> ReceiptOut:
    """Book what came of an ordered line into a slot; the line is received when all of it came.

    A line without a part becomes one of `part` or `new_part`, and so does the placeholder of its project.
    """
    return receipt_out(ShoppingReceiptService.receive(db(), line_id, json))
