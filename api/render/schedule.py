"""Schedules, their firings and the beats, as DTOs."""

from datetime import datetime

from flask import url_for

from api.render.row import rendered
from engine.ledger.beat import is_alive
from models import Beat, Schedule, ScheduleFiring
from schemas.schedule import BeatOut, FiringOut, ScheduleOut


def schedule_out(schedule: Schedule) -> ScheduleOut:
    """Render a schedule."""
    endpoints = {"self": "get", "firings": "firings", "run": "run"}
    links = {name: url_for(f"schedules.{endpoint}", schedule=schedule.name) for name, endpoint in endpoints.items()}
    return rendered(ScheduleOut, schedule, links=links)


def firing_out(firing: ScheduleFiring) -> FiringOut:
    """Render a firing."""
    return rendered(FiringOut, firing)


def beat_out(beat: Beat, now: datetime) -> BeatOut:
    """Render a beat; whether it is alive is judged by the database's time."""
    return rendered(BeatOut, beat, is_alive=is_alive(beat, now))
