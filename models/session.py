"""Engines and the one place where a transaction is committed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from settings import get_settings

_IDLE_SECONDS = 2.0


@cache
def get_engine() -> Engine:
    """Return this process's engine; made at first use, so never shared over a fork."""
    database = get_settings().database
    engine = create_engine(database.url.get_secret_value(), pool_size=database.pool_size, pool_recycle=1800)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ping_if_idle)
    return engine


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _ping_if_idle(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """See that a connection which was idle is alive; asking each time would cost a trip to the database each time."""
    if time.monotonic() - record.info.get("used", 0.0) < _IDLE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError("the server has closed an idle connection") from error


@contextmanager
def statement_scope() -> Iterator[Session]:
    """Yield a session in which every statement is a transaction by itself, which saves two trips to the database."""
    with Session(get_engine().execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False) as session:
        yield session


@contextmanager
def session_scope(engine: Engine | None = None) -> Iterator[Session]:
    """Yield a session in one transaction: committed at the end, rolled back on any error."""
    with Session(engine or get_engine(), expire_on_commit=False) as session, session.begin():
        yield session
