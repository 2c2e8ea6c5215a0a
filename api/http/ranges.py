"""Byte ranges, as RFC 9110 section 14 has them; werkzeug reads the header."""

from werkzeug.datastructures import Range
from werkzeug.exceptions import RequestedRangeNotSatisfiable


def byte_range(asked: Range | None, size: int) -> tuple[int, int] | None:
    """Return the first byte of a range and the one after its last, of `size` bytes.

    None means the whole: no range is asked for, or one of another unit, or several, which a server may ignore.

    Raises:
        RequestedRangeNotSatisfiable: no byte that is asked for exists.
    """
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    first, stop = asked.ranges[0]
    # A suffix may be longer than the whole, which werkzeug takes for unsatisfiable.
    span = Range("bytes", [(max(first, -size), stop)]).range_for_length(size)
    if span is None:
        raise RequestedRangeNotSatisfiable(size)
    return span
