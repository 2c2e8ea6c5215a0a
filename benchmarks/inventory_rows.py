"""An inventory of any size, made in the database itself within seconds."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session


def fill(session: Session, parts: int) -> None:
    """Fill an empty inventory with so many parts, with what hangs on them, and tell the planner."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            session.execute(text(statement), {"parts": parts} if ":parts" in statement else {})
