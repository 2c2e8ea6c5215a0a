"""The stock of a part: commands and history."""

from typing import Any

from flask import Blueprint

from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.stock import history_out, stock_command_out
from schemas.cursor import cut
from schemas.stock import Count, HistoryPage, HistoryQuery, Move, Receive, Split, StockCommandOut, Undo, Use
from services.part import PartService
from services.stock import Order, StockService

bp = Blueprint("stock", __name__, url_prefix="/parts/<id4>")

_COMMAND: dict[str, Any] = {"resp": answers(404, 409, 413, 415, 422, HTTP_200=StockCommandOut), "tags": ["stock"]}


@bp.post("/stock/receive")
@spec.validate(**_COMMAND)
def receive(id4: str, json: Receive) -> StockCommandOut:
    """Receive a quantity into a slot: the given one, the part's own, or the free one that suits it best."""
    return _carried_out(id4, json)


@bp.post("/stock/use")
@spec.validate(**_COMMAND)
def use(id4: str, json: Use) -> StockCommandOut:
    """Take a quantity out of a slot; a slot that becomes empty is free for another part."""
    return _carried_out(id4, json)


@bp.post("/stock/move")
@spec.validate(**_COMMAND)
def move(id4: str, json: Move) -> StockCommandOut:
    """Move a quantity, or all, from one slot to another."""
    return _carried_out(id4, json)


@bp.post("/stock/split")
@spec.validate(**_COMMAND)
def split(id4: str, json: Split) -> StockCommandOut:
    """Spread stock from one slot over several."""
    return _carried_out(id4, json)


@bp.post("/stock/count")
@spec.validate(**_COMMAND)
def count(id4: str, json: Count) -> StockCommandOut:
    """Say how many were counted in a slot; the difference to the books goes into the history."""
    return _carried_out(id4, json)


@bp.post("/stock/undo")
@spec.validate(**_COMMAND)
def undo(id4: str, json: Undo) -> StockCommandOut:
    """Take back the last command on the part; a command of its own, which cannot be undone itself."""
    return _carried_out(id4, json)


@bp.get("/history")
@spec.validate(resp=answers(404, HTTP_200=HistoryPage), tags=["stock"])
def history(id4: str, query: HistoryQuery) -> HistoryPage:
    """List the changes of a part's stock, newest first; pass `next` as `after` to get the next page."""
    part = PartService.get(db(), id4)
    changes = StockService.list_history(db(), part.id4, after=query.after, limit=query.limit + 1)
    shown, last = cut(changes, query.limit)
    return HistoryPage(history=tuple(map(history_out, shown)), next=last and last.id)


def _carried_out(id4: str, order: Order) -> StockCommandOut:
    return stock_command_out(StockService.carry_out(db(), id4, order))
