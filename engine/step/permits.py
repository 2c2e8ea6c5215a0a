"""Permits around the calls of steps to a host or a model, and what is remembered of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from engine.ledger.permit import PermitService
from models.session import session_scope
from schemas.errors import Busy


@contextmanager
def permit(resource: str, *, limit: int, seconds: float) -> Iterator[None]:
    """Hold a permit for a resource while the block lasts, but at most for a number of seconds.

    Raises:
        Busy: all permits are taken.
    """
    holder = uuid4()
    with session_scope() as session:
        taken = PermitService.take(session, resource, holder, limit=limit, seconds=seconds)
    if not taken:
        raise Busy(resource)
    try:
        yield
    finally:
        with session_scope() as session:
            PermitService.give_back(session, resource, holder)


def remember(resource: str, *, limit: int, seconds: float) -> None:
    """Count an event of a resource for a number of seconds; the limit is the number that is remembered."""
    with session_scope() as session:
        PermitService.take(session, resource, uuid4(), limit=limit, seconds=seconds)


def take_turn(resource: str, *, seconds: float) -> bool:
    """Take the turn of a resource, which comes once in a number of seconds; return whether it was free."""
    with session_scope() as session:
        return PermitService.take(session, resource, uuid4(), limit=1, seconds=seconds)


def remembered(resource: str) -> int:
    """Return how many events of a resource count now."""
    with session_scope() as session:
        return PermitService.count(session, resource)
