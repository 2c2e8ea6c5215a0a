"""Byte ranges, as RFC 9110 section 14 has them."""

import re

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


class Unsatisfiable(Exception):
    """None of the bytes asked for is there."""


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Return first byte and the one after the last of a Range header, of `size` bytes.

    None means the whole: the header is malformed, of another unit or asks for several ranges, which a server may
    ignore.

    Raises:
        Unsatisfiable: none of the bytes asked for is there.
    """
    match = _ONE_RANGE.fullmatch(header)
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise Unsatisfiable
    return start, stop
