from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from random import Random
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from schemas.timing import Timing


def times(cron: str, zone: str, day: str, count: int) -> list[str]:
    """Return the due times from the beginning of a day on, by the clock on the wall and with its offset."""
    start = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=ZoneInfo(zone))
    due = islice(Timing(cron=cron, zone=zone).after(start - timedelta(seconds=1)), count)
    return [f"{each.astimezone(ZoneInfo(zone)):%d %H:%M%z}" for each in due]


@pytest.mark.parametrize(
    ("cron", "zone", "day", "expected"),
    [
        # Clocks go forward: what is left out is due right after it, once.
        ("30 2 * * *", "Europe/Berlin", "2026-03-28", ["28 02:30+0100", "29 03:00+0200", "30 02:30+0200"]),
        ("0,30 2 * * *", "Europe/Berlin", "2026-03-29", ["29 03:00+0200", "30 02:00+0200"]),
        ("0 2 * * *", "America/New_York", "2026-03-08", ["08 03:00-0400", "09 02:00-0400"]),
        ("0 0 * * *", "Africa/Cairo", "2026-04-24", ["24 01:00+0300", "25 00:00+0300"]),
        # Clocks go back: what comes twice is due the first time only.
        ("30 2 * * *", "Europe/Berlin", "2026-10-25", ["25 02:30+0200", "26 02:30+0100"]),
        ("30 1 * * *", "America/New_York", "2026-11-01", ["01 01:30-0400", "02 01:30-0500"]),
        # With a star, real time counts.
        (
            "30 * * * *",
            "Europe/Berlin",
            "2026-10-25",
            [
                *("25 00:30+0200", "25 01:30+0200", "25 02:30+0200", "25 02:30+0100", "25 03:30+0100"),
            ],
        ),
        ("30 * * * *", "Europe/Berlin", "2026-03-29", ["29 00:30+0100", "29 01:30+0100", "29 03:30+0200"]),
        # The zone without changes, the last day of a month, a leap year, and names.
        ("30 2 * * *", "UTC", "2026-03-29", ["29 02:30+0000", "30 02:30+0000"]),
        ("0 6 L * *", "Asia/Kolkata", "2028-02-01", ["29 06:00+0530", "31 06:00+0530"]),
        ("0 9 * * mon-fri", "UTC", "2026-11-27", ["27 09:00+0000", "30 09:00+0000"]),
    ],
)
def test_cron_follows_the_clock_on_the_wall(cron: str, zone: str, day: str, expected: list[str]) -> None:
    assert times(cron, zone, day, len(expected)) == expected


def test_interval_counts_from_the_epoch() -> None:
    moment = datetime(2026, 11, 28, 14, 5, 30, tzinfo=UTC)

    assert Timing(interval_seconds=3600).next_after(moment) == datetime(2026, 11, 28, 15, tzinfo=UTC)
    assert Timing(interval_seconds=0.5).next_after(moment) == moment + timedelta(seconds=0.5)
    assert Timing(interval_seconds=86_400).next_after(moment) == datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "UTC"])
@pytest.mark.parametrize("cron", ["30 2 * * *", "*/20 1-3 * * *", "15,45 0-4 * * 0", "0 */6 * * *", "5 1 1,15 * *"])
def test_due_times_are_the_same_from_wherever_one_looks(zone: str, cron: str) -> None:
    timing, begin = Timing(cron=cron, zone=zone), datetime(2026, 1, 1, tzinfo=UTC)
    whole = list(takewhile(lambda due: due.year == 2026, timing.after(begin)))
    random = Random(1)
    for _ in range(40):
        moment = random.choice(whole[1:-3]) + timedelta(seconds=random.choice([-1, 0, 1, 1800, -1800]))
        since = max(begin, moment - timedelta(seconds=random.choice([1, 3600, 90_000, 900_000])))
        assert timing.next_after(moment) == next(due for due in whole if due > moment)
        assert timing.latest(since, moment, most=3) == [due for due in whole if since < due <= moment][-3:]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"cron": "61 * * * *"}, r"'61 \* \* \* \*' is not a cron expression \(bad minute\); expected minute, hour"),
        ({"cron": "* * * *"}, "wrong number of fields"),
        ({"cron": "* * * * * *"}, "wrong number of fields"),
        ({"cron": "0 0 * * 1L/2"}, "is not a cron expression"),
        ({"cron": "0 0 31 2 *"}, "bad day-of-month"),
        ({"cron": "0 0 31 4,6 *"}, "bad day-of-month"),
        ({"cron": "0 0 30 2 */1"}, "bad day-of-month"),
        ({"cron": "0 3 * * *", "zone": "Europe/Bonn"}, "'Europe/Bonn' is not a time zone; expected a name of the IANA"),
        ({"cron": "0 3 * * *", "zone": "../UTC"}, "is not a time zone"),
        ({"cron": "0 3 * * *", "zone": "localtime"}, "is not a time zone"),
        ({"cron": "0 3 * * *", "interval_seconds": 60}, "give either cron or interval_seconds"),
        ({}, "give either cron or interval_seconds"),
    ],
)
def test_bad_timing_names_the_way_out(given: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Timing.model_validate(given)
