"""Parsing of the Retry-After header: a number of seconds or a date, or anything else from a hostile server."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST: Final = 86_400.0
"Seconds; nobody means a longer wait."


def retry_after(header: str | None) -> float | None:
    """Return the seconds that a Retry-After header demands; None when it cannot be parsed, or demands over a day."""
    try:
        seconds = float(header or "nan")
    except ValueError:
        seconds = _seconds_until(header or "")
    return max(seconds, 0.0) if seconds <= _LONGEST else None


def _seconds_until(date: str) -> float:
    try:
        return (parsedate_to_datetime(date).astimezone(UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return math.nan
