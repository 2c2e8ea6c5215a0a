"""Looking at what does the work, and what it needs to do it well."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from celery import current_app
from sqlalchemy import NullPool, create_engine, exists, select
from sqlalchemy.orm import Session

import pipelines  # noqa: F401 - registers the app whose workers are asked
from cli.doctor.examination import Examination, Seen, broken, fine, warning
from engine.ledger.beat import BeatService, is_alive
from engine.ledger.schedule import ScheduleService
from engine.queues import is_rabbitmq, show_queues
from models import CataloguePart
from models.session import database_time
from schemas.queue import QUEUE_NAMES
from services.ai_call import AiCallService
from settings import Settings

_INSPECT_SECONDS: Final = 2.0


def _workers(settings: Settings) -> Seen:
    takers = _takers(settings)
    idle = [name for name in QUEUE_NAMES if not takers[name]]
    if len(idle) == len(QUEUE_NAMES):
        return broken("no worker is alive", "start partflow up, or a worker of each queue; see docs/operations.md")
    if idle:
        way_out = f"start one: celery -A tasks worker -Q {','.join(idle)}"
        return broken(f"no worker takes from the queue {', '.join(idle)}", way_out)
    return fine("each queue has one")


def _takers(settings: Settings) -> Counter[str]:
    """Return how many workers take from each queue: RabbitMQ counts them, others answer for themselves."""
    if is_rabbitmq(settings.broker):
        return Counter({each.name: each.consumers or 0 for each in show_queues(settings.broker, None)})
    answers = current_app.control.inspect(timeout=_INSPECT_SECONDS).active_queues() or {}
    return Counter(queue["name"] for queues in answers.values() for queue in queues)


def _in_session(look: Callable[[Session, Settings], Seen]) -> Callable[[Settings], Seen]:
    def connect(settings: Settings) -> Seen:
        engine = create_engine(settings.database.url.get_secret_value(), poolclass=NullPool)
        with Session(engine) as session:
            return look(session, settings)

    return connect


def _schedules(session: Session, _settings: Settings) -> Seen:
    now = database_time(session)
    alive = [beat for beat in BeatService.list(session) if is_alive(beat, now)]
    if not alive:
        return broken("no beat is alive, so that nothing is started by time", "start one: celery -A tasks.bare beat")
    paused = [schedule.name for schedule in ScheduleService.list(session) if not schedule.enabled]
    if paused:
        return warning(f"paused: {', '.join(paused)}", f"when it shall go on: partflow schedule resume {paused[0]}")
    return fine(f"{alive[0].name} sees to them")


def _budget(session: Session, settings: Settings) -> Seen:
    spent, budget = AiCallService.sum_cost_of_today(session), settings.assistant.daily_budget_usd
    if spent < budget:
        return fine(f"{spent:.2f} of {budget:.2f} US dollars today")
    detail = f"models cost {spent:.2f} US dollars today, and the budget is {budget:.2f}"
    return warning(detail, "raise PARTFLOW_ASSISTANT_DAILY_BUDGET_USD, or wait until midnight UTC; runs go on then")


def _catalogue(session: Session, _settings: Settings) -> Seen:
    if session.scalar(select(exists().select_from(CataloguePart))):
        return fine("it has parts")
    detail = "the catalogue is empty, so that numbers are compared with nothing, and no datasheets are known"
    return warning(detail, "import KiCad's: partflow import kicad /usr/share/kicad/symbols (package kicad-symbols)")


EXAMINATIONS: Final = (
    Examination("workers", _workers, ("broker", "queues")),
    Examination("schedules", _in_session(_schedules), ("migrations",)),
    Examination("budget of models", _in_session(_budget), ("migrations",)),
    Examination("catalogue", _in_session(_catalogue), ("migrations",)),
)
