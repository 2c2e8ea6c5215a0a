"""Statements of the search as the driver takes them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, text
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.orm import Session


class Statement:
    """A statement that is compiled once; to look it up among all that are compiled costs as much as to ask it."""

    def __init__(self, written: str) -> None:
        self._compiled = str(text(written).compile(dialect=dialect()))  # type: ignore[no-untyped-call]  # it has no types

    def ask(self, session: Session, given: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """Return the rows that it finds with what is given, by its names."""
        return session.connection().exec_driver_sql(self._compiled, given)
