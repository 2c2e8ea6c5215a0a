"""Parsing of the Retry-After header: a number of seconds or a date, or anything else from a hostile server."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST: Final = 86_400.0
"Seconds; a longer wait is cut to this."


def retry_after(header: str | None) -> float | None:
    """Return the seconds that a Retry-After header demands, at most a day; None when it cannot be parsed."""
    try:
        seconds = float(header or "nan")
    except ValueError:
        seconds = _seconds_until(header or "")
    return None if math.isnan(seconds) else min(max(seconds, 0.0), _LONGEST)


def _seconds_until(date: str) -> float:
    try:
        return (parsedate_to_datetime(date).astimezone(UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return math.nan
