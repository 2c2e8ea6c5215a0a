"""Schedules: what is started again and again, when, and what happens to what was missed."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator

from schemas.base import Dto
from schemas.timing import MAX_INTERVAL, CronExpression, Timing, ZoneName

SCHEDULE_PATTERN: Final = "^[a-z][a-z0-9_]{0,62}$"
MAX_CAUGHT_UP: Final = 100
"The most missed firings of a schedule that are made up for; the latest ones."
ON_TIME: Final = timedelta(minutes=5)
"A firing that is late by less than this is not missed: beats are restarted, and take over from each other."
TICK_SECONDS: Final = 60
"A schedule with a shorter interval ticks: it leaves no firings, because the next one comes soon."


class CatchUpPolicy(StrEnum):
    """What becomes of due times that passed while no beat was alive."""

    SKIP = "skip"
    "nothing; the next due time counts"
    ONCE = "once"
    "one firing stands for all of them"
    ALL = "all"
    "each is fired, up to the last hundred"


class ScheduledJob(Dto):
    """What a schedule starts, and its timing unless a person changes that; jobs are known to the code."""

    name: str
    "of the schedule"
    task: str
    timing: Timing
    catch_up: CatchUpPolicy = CatchUpPolicy.ONCE


class ScheduleDefault(Dto):
    """The timing that a schedule has unless a person changes it; it may be another one after an upgrade."""

    cron: str | None
    interval_seconds: float | None
    zone: str
    catch_up: CatchUpPolicy


class SchedulePatch(Dto):
    """The fields of a schedule to change; a field that is left out or null keeps its value."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    enabled: bool | None = Field(None, description="Whether it fires; what is due while it is paused is not missed.")
    cron: CronExpression | None = Field(
        None, description="Minute, hour, day of the month, month and day of the week; it replaces an interval."
    )
    interval_seconds: Annotated[float, Field(ge=1, le=MAX_INTERVAL)] | None = Field(
        None, description="Seconds between two firings, counted from midnight UTC; it replaces a cron expression."
    )
    zone: ZoneName | None = Field(None, description="The IANA time zone of the cron expression.")
    catch_up: CatchUpPolicy | None = Field(None, description="What becomes of firings that were missed.")
    reset: bool = Field(False, description="Whether to go back to the default timing first.")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(
                "the request changes nothing; give at least one of enabled, cron, interval_seconds, zone, catch_up and "
                "reset"
            )
        if self.cron is not None and self.interval_seconds is not None:
            raise ValueError("cron: a schedule has a cron expression or an interval; leave one of them out")
        return self


class ScheduleOut(Dto):
    """A schedule."""

    name: str
    starts: str
    "the task"
    enabled: bool
    cron: str | None
    interval_seconds: float | None
    zone: str
    catch_up: CatchUpPolicy
    is_changed: bool
    "whether a person changed the timing; then upgrades and settings leave it alone"
    default: ScheduleDefault
    last_due_at: datetime | None
    "the due time that was fired last"
    next_due_at: datetime | None
    "null while it is paused"
    created_at: datetime
    updated_at: datetime
    links: dict[str, str]


class BeatOut(Dto):
    """A process that fires schedules, or waits to take over."""

    name: str
    "its machine and its process there"
    leads: bool
    is_alive: bool
    "whether it was seen within the last seconds; one that is gone is forgotten after an hour"
    started_at: datetime
    seen_at: datetime


class ScheduleList(Dto):
    """All schedules, and the beats that fire them."""

    schedules: tuple[ScheduleOut, ...]
    beats: tuple[BeatOut, ...]


class FiringOut(Dto):
    """A due time of a schedule, or a person's order to run it now."""

    id: int
    schedule: str
    due_at: datetime
    by_person: bool
    recorded_at: datetime
    is_replaced: bool
    "whether a later firing stands for this one, which could not be sent before"
    sent_at: datetime | None
    "when the broker had the message; null while no beat has sent it"


class FiringPage(Dto):
    """The firings of a schedule, newest first; `next` goes into `after`."""

    firings: tuple[FiringOut, ...]
    next: int | None


class FiringsQuery(Dto):
    """Which firings to list."""

    after: Annotated[int, Field(ge=1, lt=2**63)] | None = Field(None, description="`next` of the page before.")
    limit: Annotated[int, Field(ge=1, le=100)] = 50
