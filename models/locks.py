"""Every advisory lock by name, in the order in which they are taken.

A transaction takes locks from the top of this list to its bottom, so that transactions cannot deadlock. Rows are locked
in between, at the places named here.

    MIGRATION        held by a migration while it runs, and by nothing else
    BEAT             tried by a beat that looks what is due; then rows of beats, schedules and firings, and nothing else
    RECONCILER       tried by a reconciler, which stops when another one holds it; then rows of runs, by age
    BATCH_FEED       held by a process that sends runs of batches; then rows of runs
    PERMIT           held, per resource, while a permit is taken; nothing follows
    IDEMPOTENCY_KEY  tried, per key, at the start of a request; a request that does not get it is refused
    UPKEEP           held, per pipeline, while the parts that are due get their runs
    IMPORT           held, per import, by the step that applies it
    SHOPPING_LINE    held, per line, by a receipt
                     — rows of projects —
    TAG_CHANGES      held by a change of a tag's name or synonyms
    COMPARISONS      held while a new part is compared with those that are there
                     — rows of reorganisation plans —
    PART_MERGES      shared by a transaction that locks several parts, held by a merge
                     — rows of parts, by id4 —
    TAG_WORDS        shared by a transaction that puts tags on a part, held by one that replaces a tag on all parts
                     — rows of locations, by box and number; a choice of a slot passes over those that are locked —
                     — rows of reservations of slots; then of shopping lines, then of runs —
    ID4              tried, per share of the letters, by a transaction that makes parts; it waits only for the last ones
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session


class Lock(StrEnum):
    """The locks; the module describes who takes each, and in which order."""

    MIGRATION = "migration"
    BEAT = "beat"
    RECONCILER = "reconciler"
    BATCH_FEED = "batch feed"
    PERMIT = "permit"
    IDEMPOTENCY_KEY = "idempotency key"
    UPKEEP = "upkeep"
    IMPORT = "import"
    SHOPPING_LINE = "shopping line"
    TAG_CHANGES = "tag changes"
    COMPARISONS = "comparisons"
    PART_MERGES = "part merges"
    TAG_WORDS = "tag words"
    ID4 = "id4"


def hold(session: Session, lock: Lock, key: object = "") -> None:
    """Wait for a lock, and hold it until the transaction ends; with a key, only others with that key wait."""
    session.execute(select(func.pg_advisory_xact_lock(number(lock, key))))


def share(session: Session, lock: Lock) -> None:
    """Wait until no transaction holds a lock, and prevent others from holding it until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock_shared(number(lock))))


def try_hold(session: Session, lock: Lock, key: object = "") -> bool:
    """Hold a lock until the transaction ends, unless another transaction holds it; return whether this one does."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(number(lock, key)))))


def number(lock: Lock, key: object = "") -> ColumnElement[Any]:
    """Return PostgreSQL's number of a lock."""
    return func.hashtextextended(f"{lock} {key}", 0)


@contextmanager
def passing_over_locked() -> Iterator[None]:
    """End the block, and its transaction, without an error if another transaction holds what it needs."""
    try:
        yield
    except OperationalError as error:
        if not is_locked(error):
            raise


def is_locked(error: BaseException) -> bool:
    """Return whether a statement failed only because another transaction holds what it needs."""
    return isinstance(error, OperationalError) and isinstance(error.orig, LockNotAvailable | DeadlockDetected)


def is_too_slow(error: BaseException) -> bool:
    """Return whether a statement failed only because it took longer than it may."""
    return isinstance(error, OperationalError) and isinstance(error.orig, QueryCanceled)
