"""Firings: recorded when a schedule is due or a person asks, and then sent."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.schedule import Schedule
from models.schedule_firing import ScheduleFiring
from models.session import database_time
from schemas.schedule import MAX_CAUGHT_UP, ON_TIME, TICK_SECONDS, CatchUpPolicy

_log = structlog.get_logger()

_MOMENT = timedelta(microseconds=1)
_UNSENT = and_(ScheduleFiring.sent_at.is_(None), ~ScheduleFiring.is_replaced)
_AT_ONCE = 500
"Rows that one transaction deletes, so that it holds nobody up for long."


class FiringService:
    """A firing is recorded once, and sent as soon as a beat that leads can; a kill in between only delays it."""

    @staticmethod
    def create(session: Session, schedule: Schedule) -> ScheduleFiring:
        """Record that a person wants a schedule to be run now; it is due as ever after that."""
        firing = ScheduleFiring(schedule=schedule.name, due_at=database_time(session), by_person=True)
        session.add(firing)
        session.flush()
        return firing

    @staticmethod
    def list(session: Session, schedule: str, *, after: int | None, limit: int) -> Sequence[ScheduleFiring]:
        """Return the firings of a schedule, newest first; one more than the limit, if there are more."""
        found = select(ScheduleFiring).where(ScheduleFiring.schedule == schedule)
        if after is not None:
            found = found.where(ScheduleFiring.id < after)
        return session.scalars(found.order_by(ScheduleFiring.id.desc()).limit(limit + 1)).all()

    @staticmethod
    def record_due(session: Session, known: Collection[str], now: datetime) -> Sequence[Schedule]:
        """Record the firings of known schedules that are due, and plan the next; return those that tick, to be sent.

        The caller's transaction leads. A schedule that is being changed is passed over until the next look.
        """
        due = (
            select(Schedule)
            .where(Schedule.name.in_(known), or_(Schedule.next_due_at <= now, Schedule.planned_at > now))
            .order_by(Schedule.name)
            .with_for_update(skip_locked=True)
        )
        ticking = []
        for schedule in session.scalars(due).all():
            try:
                times = _times(schedule, now)
                schedule.plan(now)
            except ValueError as error:
                # Only somebody who writes into the table can do this; the others are fired all the same.
                _log.warning(
                    "schedule is malformed; correct it with partflow schedule set",
                    schedule=schedule.name,
                    error=str(error),
                )
                continue
            if times:
                schedule.last_due_at = times[-1]
            if times and _ticks(schedule):
                ticking.append(schedule)
            elif times:
                _record(session, schedule, times)
        return ticking

    @staticmethod
    def take_unsent(session: Session, known: Collection[str]) -> tuple[ScheduleFiring, Schedule] | None:
        """Return the oldest firing of known schedules that was not sent, locked until the transaction ends."""
        unsent = (
            select(ScheduleFiring, Schedule)
            .join(Schedule, Schedule.name == ScheduleFiring.schedule)
            .where(_UNSENT, Schedule.name.in_(known))
            .order_by(ScheduleFiring.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=ScheduleFiring)
        )
        found = session.execute(unsent).one_or_none()
        return (found[0], found[1]) if found else None

    @staticmethod
    def delete_old(session: Session, *, days: int) -> int:
        """Delete a few firings that are older than a number of days, and wait for nothing; return how many."""
        old = (
            select(ScheduleFiring.id)
            .where(ScheduleFiring.recorded_at < func.now() - timedelta(days=days), ~_UNSENT)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        deleted = delete(ScheduleFiring).where(ScheduleFiring.id.in_(old)).returning(ScheduleFiring.id)
        return len(session.scalars(deleted).all())


def _ticks(schedule: Schedule) -> bool:
    return schedule.interval_seconds is not None and schedule.interval_seconds < TICK_SECONDS


def _times(schedule: Schedule, now: datetime) -> Sequence[datetime]:
    """Return the due times to fire now, by the catch-up policy."""
    if schedule.next_due_at is None or schedule.next_due_at > now:
        # The clock was set back, and the schedule is only planned again.
        return ()
    most = MAX_CAUGHT_UP if schedule.catch_up == CatchUpPolicy.ALL else 1
    times = schedule.timing.latest(schedule.next_due_at - _MOMENT, now, most=most)
    if schedule.catch_up == CatchUpPolicy.SKIP:
        return [due for due in times if now - due < ON_TIME]
    return times


def _record(session: Session, schedule: Schedule, times: Sequence[datetime]) -> None:
    if schedule.catch_up != CatchUpPolicy.ALL:
        # While the broker is down, one firing stands for those that could not be sent.
        earlier = update(ScheduleFiring).where(ScheduleFiring.schedule == schedule.name, _UNSENT)
        session.execute(earlier.where(~ScheduleFiring.by_person).values(is_replaced=True))
    rows = [{"schedule": schedule.name, "due_at": due} for due in times]
    session.execute(insert(ScheduleFiring).values(rows).on_conflict_do_nothing())
