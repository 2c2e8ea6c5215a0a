"""Cursors: where a page ended, as opaque text that goes into the request for the next."""

import base64
import binascii
import hashlib
from collections.abc import Sequence

from pydantic import ValidationError

from schemas.base import Dto
from schemas.errors import InvalidInput

_CHECK_BYTES = 6


def cut[Row](rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """Return a page of rows that were read with one more than the limit, and its last row if more follow."""
    return rows[:limit], rows[limit - 1] if len(rows) > limit else None


class Cursor(Dto):
    """The last row of a page: the value that it was sorted by, and its key."""

    sort: str
    value: str
    key: str

    def __str__(self) -> str:
        written = self.model_dump_json().encode()
        return base64.urlsafe_b64encode(_check(written) + written).rstrip(b"=").decode()

    @classmethod
    def parse(cls, text: str, *, sort: str) -> "Cursor":
        """Return the cursor that was written so, for a list sorted so.

        Raises:
            InvalidInput: it was changed on its way, or belongs to another sort.
        """
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            check, written = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
            cursor = cls.model_validate_json(written)
        except (binascii.Error, ValueError, ValidationError) as error:
            raise _broken() from error
        if check != _check(written):
            raise _broken()
        if cursor.sort != sort:
            raise InvalidInput(
                f"after: this cursor is of the list sorted by {cursor.sort}; start at the first page", field="after"
            )
        return cursor


def _check(written: bytes) -> bytes:
    # No secret: it tells a damaged cursor from a whole one, and there is nothing to gain by forging one.
    return hashlib.sha256(written).digest()[:_CHECK_BYTES]


def _broken() -> InvalidInput:
    return InvalidInput(
        "after: this is not a cursor of this list; take it from next, or start at the first page", field="after"
    )
