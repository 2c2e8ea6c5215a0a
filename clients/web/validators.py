"""The validators of HTTP: what a server says of a file's version, which it gets back to tell whether it has changed."""

import re
from email.utils import parsedate_to_datetime
from typing import Final

from schemas.datasheet import Validators

_ETAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,200}"')
"As RFC 9110 has it, but short and of ASCII: it comes from a hostile server, and is sent again."
_LONGEST_DATE: Final = 40


def usable_etag(header: str | None) -> str | None:
    """Return an ETag as the server sent it, or None if it is malformed."""
    return header if header and _ETAG.fullmatch(header) else None


def usable_date(header: str | None) -> str | None:
    """Return a Last-Modified as the server sent it, since it may compare the text, or None if it is not a date."""
    if not header or len(header) > _LONGEST_DATE or not header.isascii() or not header.isprintable():
        return None
    try:
        parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return header


def conditional_headers(known: Validators) -> dict[str, str]:
    """Return the headers that ask for a file only if it is another one by now."""
    headers = {"If-None-Match": usable_etag(known.etag), "If-Modified-Since": usable_date(known.last_modified)}
    return {name: value for name, value in headers.items() if value is not None}
