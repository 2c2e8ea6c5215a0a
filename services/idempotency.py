"""Idempotency keys: their parsing, and the recorded answers."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, select, tuple_
from sqlalchemy.orm import Session

from models import IdempotencyKey
from models.locks import Lock, try_hold
from schemas.errors import Conflict, InvalidInput, Unprocessable

_STRING = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"')
"A string by RFC 8941, which the header's draft demands."
_BARE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,255}")
"The bare key that many clients send instead."

_AT_ONCE = 500
"Rows that one transaction deletes, so that it does not block others for long."


class IdempotencyService:
    """A repeated POST with the same key returns the first answer and does nothing more."""

    @staticmethod
    def replay(session: Session, route: str, key: str, fingerprint: str) -> Any | None:
        """Return the answer to the first request with this key; None when this is the first.

        A first request locks the key until the caller's transaction ends.

        Raises:
            Conflict: the first request is still in progress.
            Unprocessable: the key was used with another payload.
        """
        before = session.get(IdempotencyKey, (route, key))
        if before is None and not try_hold(session, Lock.IDEMPOTENCY_KEY, f"{route} {key}"):
            raise Conflict("a request with this Idempotency-Key is still in progress; retry in a moment")
        # The first request may have ended between the look and the lock.
        before = before or session.get(IdempotencyKey, (route, key))
        if before is None:
            return None
        if before.fingerprint != fingerprint:
            raise Unprocessable(f"Idempotency-Key {key!r} was used with another payload; use a new key", key=key)
        return before.response

    @staticmethod
    def remember(session: Session, route: str, key: str, fingerprint: str, response: Any) -> None:
        """Record the answer in the transaction of the work itself."""
        session.add(IdempotencyKey(route=route, key=key, fingerprint=fingerprint, response=response))

    @staticmethod
    def delete_old(session: Session, *, days: int) -> int:
        """Delete idempotency keys that were first used at least `days` days ago, and return their number."""
        key = tuple_(IdempotencyKey.route, IdempotencyKey.key)
        old = (
            select(IdempotencyKey.route, IdempotencyKey.key)
            .where(IdempotencyKey.created_at < func.now() - timedelta(days=days))
            .limit(_AT_ONCE)
        )
        deleted = session.execute(delete(IdempotencyKey).where(key.in_(old)))
        assert isinstance(deleted, CursorResult)
        return deleted.rowcount


def parse_key(header: str) -> str:
    """Return the key in an Idempotency-Key header: a quoted string, or a bare one without quotes and blanks.

    Raises:
        InvalidInput: the key is empty, too long, or not printable ASCII.
    """
    value = header.strip()
    if quoted := _STRING.fullmatch(value):
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if _BARE.fullmatch(value):
        return value
    raise InvalidInput(
        f'Idempotency-Key {header[:40]!r} is not valid; send 1 to 255 printable ASCII characters, such as "order-7"',
        field="Idempotency-Key",
    )
