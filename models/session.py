"""Engines and the one place where a transaction is committed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from settings import get_settings


@cache
def get_engine() -> Engine:
    """Return this process's engine; made at first use, so never shared over a fork."""
    database = get_settings().database
    return create_engine(
        database.url.get_secret_value(), pool_size=database.pool_size, pool_pre_ping=True, pool_recycle=1800
    )


@contextmanager
def session_scope(engine: Engine | None = None) -> Iterator[Session]:
    """Yield a session in one transaction: committed at the end, rolled back on any error."""
    with Session(engine or get_engine(), expire_on_commit=False) as session, session.begin():
        yield session
