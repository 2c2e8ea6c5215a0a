"""The beat: Celery's clock, which fires the schedules of the database while it leads."""

import os
import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, override
from uuid import uuid4

import structlog
from celery.beat import Scheduler
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.faults import FaultPoint, reach
from engine.ledger.beat import BeatService
from engine.ledger.firing import FiringService
from engine.ledger.schedule import ScheduleService
from engine.worker.schedule import JOBS
from models.schedule import Schedule
from models.schedule_firing import ScheduleFiring
from models.session import database_time, disconnect, session_scope
from schemas.queue import Queue
from schemas.schedule import CatchUpPolicy, ScheduledJob

LOOK_SECONDS: Final = 1.0
_LEAST_EXPIRY: Final = 10.0
"Seconds."

_log = structlog.get_logger()

Publish = Callable[[ScheduledJob, ScheduleFiring | None, float | None], object]
"Sends the message that starts a job for a firing, or for a tick; it expires after a number of seconds, if any."


class Firer:
    """One of the beats: it looks what is due, and fires that while it leads.

    A firing is recorded in the transaction that says who leads, and published after it. A kill in between leaves a row
    that the next look publishes; a kill before the row says so publishes it twice, with the same task id.
    """

    def __init__(
        self,
        publish: Publish,
        *,
        jobs: Mapping[str, ScheduledJob] = JOBS,
        clock: Callable[[Session], datetime] = database_time,
        name: str | None = None,
    ) -> None:
        self.id = uuid4()
        self.name = name or f"{socket.gethostname()}/{os.getpid()}"
        self._publish, self._jobs, self._clock = publish, jobs, clock
        self._knows_jobs = self._cannot_send = False

    def look(self) -> bool:
        """Fire what is due, and what was not sent before, if this beat leads; return whether it does.

        Raises:
            SQLAlchemyError: the database cannot be used; nothing is fired then.
        """
        with session_scope() as session:
            now = self._clock(session)
            if not BeatService.take_lead(session, self.id, self.name, now):
                return False
            if not self._knows_jobs:
                ScheduleService.ensure(session, self._jobs.values(), now)
            ticking = FiringService.record_due(session, self._jobs, now)
        self._knows_jobs = True
        if all(self._send(schedule.name, None, schedule.interval_seconds) for schedule in ticking):
            while self._send_next():
                pass
        return True

    def leave(self) -> None:
        """Let another beat lead at once."""
        with session_scope() as session:
            BeatService.delete(session, self.id)

    def _send_next(self) -> bool:
        with session_scope() as session:
            unsent = FiringService.take_unsent(session, self._jobs)
            if unsent is None:
                return False
            firing, schedule = unsent
            now = self._clock(session)
            reach(FaultPoint.BEFORE_FIRING_PUBLISH)
            if not self._send(firing.schedule, firing, _expiry(firing, schedule, now)):
                return False
            reach(FaultPoint.AFTER_FIRING_PUBLISH)
            firing.sent_at = now
        return True

    def _send(self, schedule: str, firing: ScheduleFiring | None, expires: float | None) -> bool:
        try:
            self._publish(self._jobs[schedule], firing, expires)
        except Exception as error:  # noqa: BLE001 - whatever kept it from being sent, the row says that it is to be
            if not self._cannot_send:
                _log.warning("the broker takes no messages; firings wait for it", schedule=schedule, error=str(error))
            self._cannot_send = True
            return False
        self._cannot_send = False
        return True


class BeatScheduler(Scheduler):
    """Celery's scheduler with the schedules of the database instead of a file of its own."""

    max_interval = int(LOOK_SECONDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._firer = Firer(self._publish)
        self._looks = self._leads = self._is_away = False

    @override
    def setup_schedule(self) -> None:
        """Leave the schedule of Celery's settings empty."""

    @property
    @override
    def info(self) -> str:
        """What Celery prints about it when it starts."""
        return "    . schedules -> rows of the database"

    @override
    def tick(self, *_args: Any, **_kwargs: Any) -> float:
        """Look once, and return the seconds until the next look; a database that is away is waited for."""
        self._looks = True
        try:
            leads, is_away = self._firer.look(), False
        except SQLAlchemyError as error:
            leads, is_away = False, True
            disconnect()
            if not self._is_away:
                _log.warning("the database is away; nothing is fired until it is back", error=str(error))
        finally:
            self._looks = False
        if leads != self._leads:
            _log.info("this beat leads" if leads else "this beat does not lead any more", beat=self._firer.name)
        self._leads, self._is_away = leads, is_away
        return LOOK_SECONDS

    @override
    def close(self) -> None:
        """Stop leading."""
        super().close()
        # A signal that comes in the middle of a look closes first, and again once the look has been rolled back.
        if not self._looks:
            try:
                self._firer.leave()
            except SQLAlchemyError as error:
                _log.warning("the database is away; another beat leads in a few seconds", error=str(error))

    def _publish(self, job: ScheduledJob, firing: ScheduleFiring | None, expires: float | None) -> None:
        task_id = f"{job.name}-firing-{firing.id}" if firing else None
        self.app.send_task(job.task, task_id=task_id, queue=Queue.MAINTENANCE.value, expires=expires)


def _expiry(firing: ScheduleFiring, schedule: Schedule, now: datetime) -> float | None:
    """Return the seconds after which the next firing stands for this one, too."""
    if firing.by_person or schedule.catch_up == CatchUpPolicy.ALL or schedule.next_due_at is None:
        return None
    return max((schedule.next_due_at - now).total_seconds(), _LEAST_EXPIRY)
