"""Waiting until somebody else waits."""

from sqlalchemy import text

from models.session import get_engine

_TIMES = 1000


def wait_for_waiters(count: int = 1) -> None:
    """Return once so many connections wait for a lock."""
    waiting = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
    for _ in range(_TIMES):
        with get_engine().connect() as connection:
            if (connection.scalar(waiting) or 0) >= count:
                return
    raise AssertionError(f"there are never {count} who wait")
