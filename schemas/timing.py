"""When something is due again and again: cron expressions in a time zone, and intervals."""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import takewhile
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, model_validator

from schemas.base import Dto

MAX_INTERVAL: Final = 31_622_400
"Seconds of a leap year."

_FIELDS: Final = 5
_MAX_LENGTH: Final = 100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SEARCH: Final = timedelta(minutes=1)
_WIDER: Final = 8


def _cron(text: str) -> str:
    fields = text.split()
    try:
        # The library also takes a sixth field, of seconds.
        why = "" if len(fields) == _FIELDS else "wrong number of fields"
        is_due = next(CronSim(text, _EPOCH), None) is not None
    except (CronSimError, AssertionError, TypeError, ValueError) as error:
        is_due, why = True, str(error).lower() or "bad step"
    if why:
        raise ValueError(
            f"{text!r} is not a cron expression ({why}); expected minute, hour, day of the month, month and day of the "
            "week, such as '30 2 * * *'"
        )
    if not is_due:
        raise ValueError(f"{text!r} is never due; expected a date that exists, such as '30 2 28 * *'")
    return " ".join(fields)


@cache
def _zones() -> frozenset[str]:
    # What a machine calls its local time is another zone on another machine.
    return frozenset(available_timezones() - {"localtime"})


def _zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(
            f"{name!r} is not a time zone; expected a name of the IANA database, such as UTC or Europe/Berlin"
        )
    return name


CronExpression = Annotated[str, Field(max_length=_MAX_LENGTH), AfterValidator(_cron)]
ZoneName = Annotated[str, Field(max_length=_MAX_LENGTH), AfterValidator(_zone)]


class Timing(Dto):
    """A cron expression in a time zone, or an interval: the due times are the same whoever computes them.

    Intervals are counted from 1970-01-01 00:00 UTC, so that an hour is due on the hour. Where clocks go forward, what a
    cron expression has at an hour that is left out is due right after it; where they go back, it is due once. One whose
    minute or hour begins with a star follows real time instead, as in Debian's cron.
    """

    cron: CronExpression | None = None
    interval_seconds: Annotated[float, Field(gt=0, le=MAX_INTERVAL)] | None = None
    zone: ZoneName = "UTC"

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.cron is None) == (self.interval_seconds is None):
            raise ValueError("give either cron or interval_seconds")
        return self

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the due times after a moment, in UTC, in their order."""
        return self._by_cron(moment) if self.cron is not None else self._by_interval(moment)

    def next_after(self, moment: datetime) -> datetime:
        """Return the first due time after a moment, in UTC."""
        return next(self.after(moment))

    def latest(self, since: datetime, until: datetime, *, most: int) -> list[datetime]:
        """Return the last due times after `since`, up to and with `until`, at most so many, in their order."""
        width = _FIRST_SEARCH
        while True:
            start = max(since, until - width)
            found = deque(takewhile(lambda due: due <= until, self.after(start)), maxlen=most)
            if len(found) == most or start == since:
                return list(found)
            width *= _WIDER

    def _by_cron(self, moment: datetime) -> Iterator[datetime]:
        last = moment
        for local in CronSim(self.cron or "", moment.astimezone(ZoneInfo(self.zone))):
            due = local.astimezone(UTC)
            # Times that are left out are due at one moment; in an hour that comes twice, the search begins too early.
            if due > last:
                last = due
                yield due

    def _by_interval(self, moment: datetime) -> Iterator[datetime]:
        interval = timedelta(seconds=self.interval_seconds or 0)
        count = (moment - _EPOCH) // interval
        while True:
            count += 1
            yield _EPOCH + count * interval
