"""Cursors: opaque text that says where a page ended, for the request for the next page."""

import base64
import binascii
import hashlib
from collections.abc import Sequence

from pydantic import ValidationError

from schemas.base import Dto
from schemas.errors import InvalidInput

_CHECK_BYTES = 6


def cut[Row](rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """Return a page of rows, of which the caller read one more than the limit, and its last row if more follow."""
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
        """Return the cursor that a text stands for, in a list with this sort.

        Raises:
            InvalidInput: the text is damaged, or the cursor belongs to another sort.
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
                f"after: this cursor belongs to the list sorted by {cursor.sort}; start at the first page",
                field="after",
            )
        return cursor


def _check(written: bytes) -> bytes:
    # A checksum without a secret: it detects damage, and a forged cursor gains a client nothing.
    return hashlib.sha256(written).digest()[:_CHECK_BYTES]


def _broken() -> InvalidInput:
    return InvalidInput(
        "after: this is not a cursor of this list; take it from next, or start at the first page", field="after"
    )
