"""Stock commands and history, as DTOs."""

from flask import url_for

from models import History, StockCommand
from schemas.stock import HistoryOut, StockCommandOut


def stock_command_out(command: StockCommand) -> StockCommandOut:
    """Render what a command did when it was carried out, which is not always what is there now."""
    links = {
        "part": url_for("parts.get", id4=command.part_id4),
        "history": url_for("stock.history", id4=command.part_id4),
        "undo": url_for("stock.undo", id4=command.part_id4),
    }
    return StockCommandOut.model_validate(
        {
            **command.result,
            "command_id": command.id,
            "part": command.part_id4,
            "kind": command.kind,
            "at": command.at,
            "links": links,
        }
    )


def history_out(change: History) -> HistoryOut:
    """Render a change of stock with the command that made it."""
    undo = change.command.undo
    return HistoryOut(
        id=change.id,
        command_id=change.command_id,
        kind=change.command.kind,
        slot=change.slot,
        delta_qty=change.delta_qty,
        reason=change.reason,
        at=change.at,
        undone_by=undo and undo.id,
    )
