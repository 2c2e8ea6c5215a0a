"""Schedules: made from the jobs of the code, and changed by people."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.schedule import Schedule
from models.session import database_time
from schemas.errors import NotFound
from schemas.schedule import ScheduleDefault, ScheduledJob, SchedulePatch


class ScheduleService:
    """A schedule is due next at a time that is computed when it was due last, or changed."""

    @staticmethod
    def ensure(session: Session, jobs: Iterable[ScheduledJob], now: datetime) -> None:
        """Make the schedules of jobs, and give those that no person changed the timing that the jobs have today."""
        for job in jobs:
            default = _default(job)
            new = {"name": job.name, "starts": job.task, "default": default.model_dump(mode="json"), **dict(default)}
            due = {"next_due_at": job.timing.next_after(now), "planned_at": now}
            session.execute(insert(Schedule).values(**new, **due).on_conflict_do_nothing())
            schedule = ScheduleService.lock(session, job.name)
            schedule.starts, schedule.default = job.task, new["default"]
            if not schedule.is_changed and _timing(schedule) != default:
                _set(schedule, default, now)

    @staticmethod
    def get(session: Session, name: str) -> Schedule:
        """Return a schedule.

        Raises:
            NotFound: there is none of this name.
        """
        schedule = session.get(Schedule, name)
        if schedule is None:
            raise NotFound("schedule", name)
        return schedule

    @staticmethod
    def lock(session: Session, name: str) -> Schedule:
        """Return a schedule as it is now, which no other transaction changes until the caller's ends.

        Raises:
            NotFound: there is none of this name.
        """
        schedule = session.get(Schedule, name, with_for_update=True, populate_existing=True)
        if schedule is None:
            raise NotFound("schedule", name)
        return schedule

    @staticmethod
    def list(session: Session) -> Sequence[Schedule]:
        """Return all schedules by name."""
        return session.scalars(select(Schedule).order_by(Schedule.name)).all()

    @staticmethod
    def update(session: Session, schedule: Schedule, patch: SchedulePatch, now: datetime | None = None) -> None:
        """Change a locked schedule as a person wants it; what was due before is not made up for.

        `now` is the database's time, unless a test has a clock of its own.
        """
        now = now or database_time(session)
        wanted = ScheduleDefault.model_validate(schedule.default) if patch.reset else _timing(schedule)
        given = patch.model_dump(exclude={"enabled", "reset"}, exclude_none=True)
        if given.keys() & {"cron", "interval_seconds"}:
            given = {"cron": None, "interval_seconds": None, **given}
        schedule.is_changed = bool(given) or (schedule.is_changed and not patch.reset)
        if patch.enabled is not None:
            schedule.enabled = patch.enabled
        _set(schedule, wanted.model_copy(update=given), now)


def _default(job: ScheduledJob) -> ScheduleDefault:
    return ScheduleDefault(**dict(job.timing), catch_up=job.catch_up)


def _timing(schedule: Schedule) -> ScheduleDefault:
    return ScheduleDefault.model_validate(
        {name: getattr(schedule, name) for name in ScheduleDefault.model_fields}, strict=True
    )


def _set(schedule: Schedule, wanted: ScheduleDefault, now: datetime) -> None:
    for name, value in wanted:
        setattr(schedule, name, value)
    schedule.plan(now)
