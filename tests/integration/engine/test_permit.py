"""How many may use a host or a model at a time."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from engine.ledger.permit import PermitService
from engine.step.permits import permit
from models import Permit
from models.session import session_scope
from schemas.errors import Busy
from tasks.retention import forget


@pytest.fixture(autouse=True)
def _database(database: str) -> None:
    """Every test here has the database."""


def test_no_more_than_the_limit_hold_a_permit() -> None:
    with permit("host:a", limit=2, seconds=60), permit("host:a", limit=2, seconds=60):
        with pytest.raises(Busy, match="host:a"), permit("host:a", limit=2, seconds=60):
            pass
        with permit("host:b", limit=2, seconds=60):
            pass


def test_permit_is_given_back_whatever_happens() -> None:
    for _ in range(3):
        with pytest.raises(KeyError), permit("host:a", limit=1, seconds=60):
            raise KeyError


def test_permit_of_a_dead_worker_ends() -> None:
    with session_scope() as session:
        assert PermitService.take(session, "host:a", uuid4(), limit=1, seconds=-1)

    with permit("host:a", limit=1, seconds=60):
        pass


def test_permits_that_have_expired_are_deleted() -> None:
    with session_scope() as session:
        for seconds in (-1, -1, 60):
            assert PermitService.take(session, f"host:{uuid4()}", uuid4(), limit=1, seconds=seconds)
    forget()
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Permit)) == 1
