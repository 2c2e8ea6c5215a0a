"""Database engines, and the only place that commits transactions."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from settings import get_settings
from settings.groups import DatabaseSettings

_IDLE_SECONDS = 2.0

_own = threading.local()


@cache
def get_engine() -> Engine:
    """Return this process's engine; made at first use, so never shared over a fork."""
    database = get_settings().database
    url = database.url.get_secret_value()
    engine = create_engine(url, pool_size=database.pool_size, pool_recycle=1800, connect_args=connect_args(database))
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ping_if_idle)
    return engine


def connect_args(database: DatabaseSettings) -> dict[str, Any]:
    """Return what the driver is told, so that nobody waits without end: for a lock, a frozen peer or a lost network."""
    given = make_url(database.url.get_secret_value()).query.get("options", "")
    limits = {"lock_timeout": database.lock_seconds, "idle_in_transaction_session_timeout": database.idle_seconds}
    options = [str(given), *(f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items())]
    alive = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
    return {"options": " ".join(options).strip(), **alive}


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _ping_if_idle(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Check that an idle connection is alive; a check at each use would cost a trip to the database each time."""
    if time.monotonic() - record.info.get("used", 0.0) < _IDLE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError("the server has closed an idle connection") from error


@contextmanager
def statement_scope() -> Iterator[Connection]:
    """Yield this thread's own connection, on which every statement is a transaction by itself.

    The connection stays open between blocks, so that a statement costs one trip to the database and little else.
    """
    connection = _own.__dict__.pop("connection", None)
    if connection is None or (time.monotonic() - _own.used > _IDLE_SECONDS and not _is_alive(connection)):
        connection = get_engine().execution_options(isolation_level="AUTOCOMMIT").connect()
        # All statements here find rows by their keys, so planning them again would give the same plan.
        connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
    try:
        yield connection
    except BaseException:
        # The connection may be broken, or in the middle of a statement.
        connection.invalidate()
        connection.close()
        raise
    _own.connection, _own.used = connection, time.monotonic()


def _is_alive(connection: Connection) -> bool:
    try:
        connection.exec_driver_sql("SELECT 1")
    except DBAPIError:
        connection.close()
        return False
    return True


def disconnect() -> None:
    """Close this process's connections; the next use opens a new one."""
    connection = _own.__dict__.pop("connection", None)
    if connection is not None:
        connection.close()
    get_engine().dispose()
    get_engine.cache_clear()


@contextmanager
def session_scope(engine: Engine | None = None) -> Iterator[Session]:
    """Yield a session in one transaction: committed at the end, rolled back on any error."""
    with Session(engine or get_engine(), expire_on_commit=False) as session, session.begin():
        yield session


def database_time(session: Session) -> datetime:
    """Return the time by the database's clock, also in a transaction that began earlier."""
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now


@contextmanager
def snapshot_scope() -> Iterator[Session]:
    """Yield a read-only session that sees the inventory at the moment of its first statement until it ends."""
    engine = get_engine().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with Session(engine, expire_on_commit=False) as session:
        yield session
