"""Schedules: what beats start again and again."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, Timestamped, one_of
from schemas.schedule import SCHEDULE_PATTERN, CatchUpPolicy
from schemas.timing import Timing


class Schedule(Timestamped, Base):
    """A schedule; its name says which job of the code it starts."""

    __tablename__ = "schedules"
    __table_args__ = (
        CheckConstraint(f"name ~ '{SCHEDULE_PATTERN}'", name="name_format"),
        CheckConstraint("(cron IS NULL) <> (interval_seconds IS NULL)", name="cron_or_interval"),
        CheckConstraint("interval_seconds > 0", name="interval_positive"),
        CheckConstraint(one_of("catch_up", CatchUpPolicy), name="catch_up_known"),
        CheckConstraint("enabled = (next_due_at IS NOT NULL)", name="enabled_is_due"),
        # Rows that tick change every few seconds; PostgreSQL updates them in place.
        {"postgresql_with": {"fillfactor": "50"}},
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    starts: Mapped[str]
    "the task, for people; beats take it from the code"
    default: Mapped[Json]
    "what the code last had, as schemas.schedule.ScheduleDefault"
    is_changed: Mapped[bool] = mapped_column(server_default="false")
    "a person changed the timing, and the code leaves it alone"
    enabled: Mapped[bool] = mapped_column(server_default="true")
    cron: Mapped[str | None]
    interval_seconds: Mapped[float | None]
    zone: Mapped[str]
    catch_up: Mapped[CatchUpPolicy]
    last_due_at: Mapped[datetime | None]
    next_due_at: Mapped[datetime | None]
    planned_at: Mapped[datetime]
    "when next_due_at was computed; an earlier time by the clock means that the clock was set back"

    @property
    def timing(self) -> Timing:
        """Its due times."""
        return Timing(cron=self.cron, interval_seconds=self.interval_seconds, zone=self.zone)

    def plan(self, now: datetime) -> None:
        """Compute when it is due next, unless it is paused."""
        self.planned_at = now
        self.next_due_at = self.timing.next_after(now) if self.enabled else None
