"""An inventory of any size, made in the database itself within seconds."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

_FOLDER = Path(__file__).parent


def fill(session: Session, parts: int) -> None:
    """Fill an empty inventory with so many parts, with what hangs on them, and tell the planner."""
    _run(session, "inventory_rows.sql", parts=parts)


def fill_history(session: Session, rows: int) -> None:
    """Write the history of all placements, in so many rows and with a command for each."""
    _run(session, "history_rows.sql", rows=rows)


def fill_projects(session: Session) -> None:
    """Plan fifty projects of two hundred lines each that share parts."""
    _run(session, "project_rows.sql")


def _run(session: Session, script: str, **given: int) -> None:
    for statement in (_FOLDER / script).read_text().split(";\n"):
        if statement.strip():
            session.execute(text(statement), {name: given[name] for name in given if f":{name}" in statement})
