"""Tests of what happens while somebody waits."""

from sqlalchemy import text

from models.session import get_engine


def wait_for_a_waiter() -> None:
    """Return once somebody waits for a lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(1000):
        with get_engine().connect() as connection:
            if connection.scalar(waiting):
                return
    raise AssertionError("nobody waits")
