"""An inventory of any size, made in the database itself within seconds."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

_FOLDER = Path(__file__).parent


def fill(session: Session, parts: int) -> None:
    """Fill an empty inventory with so many parts, with what hangs on them, and tell the planner."""
    # What is searched would be written part by part; see fill_search.
    session.execute(text("SET LOCAL session_replication_role = replica"))
    _run(session, "inventory_rows.sql", parts=parts)
    session.execute(text("SET LOCAL session_replication_role = origin"))


def fill_search(session: Session) -> None:
    """Write what is searched of all parts, shortened, with the indexes made at once afterwards."""
    _run(session, "searched_rows.sql")


def fill_history(session: Session, rows: int) -> None:
    """Write the history of all placements, in so many rows and with a command for each."""
    _run(session, "history_rows.sql", rows=rows)


def fill_projects(session: Session) -> None:
    """Plan fifty projects of two hundred lines each that share parts."""
    _run(session, "project_rows.sql")


def fill_inbox(session: Session, suggestions: int) -> None:
    """Fill an empty inventory with suggestions that wait, two for a part, and as many that were accepted."""
    _run(session, "inbox_rows.sql", suggestions=suggestions)


def fill_slots(session: Session, parts: int, *, shuffled: int, packed: int) -> None:
    """Fill an empty inventory with placements of so many parts, 85 of 100 slots, and with parts that lie nowhere."""
    _run(session, "slot_rows.sql", parts=parts, shuffled=shuffled, packed=packed)


def fill_boxes(session: Session, *, parts: int, boxes: int, capacity: int, types: int) -> None:
    """Put so many bags of parts of some types anywhere into boxes, each with its command and its history."""
    _run(session, "box_rows.sql", parts=parts, boxes=boxes, capacity=capacity, types=types)


def _run(session: Session, script: str, **given: int) -> None:
    for statement in (_FOLDER / script).read_text().split(";\n"):
        if statement.strip():
            session.execute(text(statement), {name: given[name] for name in given if f":{name}" in statement})
