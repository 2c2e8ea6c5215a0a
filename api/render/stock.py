"""Stock commands and history, as DTOs."""

from flask import url_for

from api.render.row import rendered
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
    return rendered(HistoryOut, change, kind=change.command.kind, undone_by=undo and undo.id)
