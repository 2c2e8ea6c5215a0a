"""Schedules: what is started again and again."""

from flask import Blueprint

from api.http.idempotency import RetryHeaders, once
from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.schedule import beat_out, firing_out, schedule_out
from engine.ledger.beat import BeatService
from engine.ledger.firing import FiringService
from engine.ledger.schedule import ScheduleService
from models.session import database_time
from schemas.cursor import cut
from schemas.schedule import FiringOut, FiringPage, FiringsQuery, ScheduleList, ScheduleOut, SchedulePatch

bp = Blueprint("schedules", __name__, url_prefix="/schedules")


@bp.get("")
@spec.validate(resp=answers(HTTP_200=ScheduleList), tags=["schedules"])
def list_all() -> ScheduleList:
    """List the schedules, which the first beat makes, and the beats, of which one leads."""
    now = database_time(db())
    return ScheduleList(
        schedules=tuple(map(schedule_out, ScheduleService.list(db()))),
        beats=tuple(beat_out(beat, now) for beat in BeatService.list(db())),
    )


@bp.get("/<schedule>")
@spec.validate(resp=answers(404, HTTP_200=ScheduleOut), tags=["schedules"])
def get(schedule: str) -> ScheduleOut:
    """Show a schedule."""
    return schedule_out(ScheduleService.get(db(), schedule))


@bp.patch("/<schedule>")
@spec.validate(resp=answers(404, 413, 415, HTTP_200=ScheduleOut), tags=["schedules"])
def change(schedule: str, json: SchedulePatch) -> ScheduleOut:
    """Change when a schedule is due, or pause it; upgrades and settings leave a changed timing alone until a reset."""
    row = ScheduleService.lock(db(), schedule)
    ScheduleService.update(db(), row, json)
    db().flush()
    db().refresh(row)
    return schedule_out(row)


@bp.post("/<schedule>/run")
@spec.validate(resp=answers(404, 409, 422, HTTP_202=FiringOut), tags=["schedules"])
def run(schedule: str, headers: RetryHeaders) -> tuple[FiringOut, int, dict[str, str]]:
    """Have a schedule fired now, also when it is paused; the beat that leads does so within seconds."""
    row = ScheduleService.get(db(), schedule)
    answer, replayed = once(
        "schedules.run",
        headers.key,
        [schedule],
        do=lambda: firing_out(FiringService.create(db(), row)).model_dump(mode="json"),
    )
    return FiringOut.model_validate(answer), 202, replayed


@bp.get("/<schedule>/firings")
@spec.validate(resp=answers(404, HTTP_200=FiringPage), tags=["schedules"])
def firings(schedule: str, query: FiringsQuery) -> FiringPage:
    """List the firings of a schedule, newest first; pass `next` as `after` to get the next page."""
    name = ScheduleService.get(db(), schedule).name
    shown, last = cut(FiringService.list(db(), name, after=query.after, limit=query.limit), query.limit)
    return FiringPage(firings=tuple(map(firing_out, shown)), next=last.id if last else None)
