"""What the doctor says when models or catalogue are not what the work needs."""

from collections.abc import Callable

from cli.doctor import database, work
from engine.beat import Firer
from engine.ledger.schedule import ScheduleService
from models.session import session_scope
from schemas.assistant import Usage
from schemas.doctor import Health
from schemas.identification import CatalogueEntry
from schemas.schedule import ScheduledJob, SchedulePatch
from schemas.timing import Timing
from services.ai_call import AiCallService
from services.catalogue import CatalogueService
from tests.integration.doctor.conftest import Look, must_say

ALL = (*database.EXAMINATIONS, *work.EXAMINATIONS)
SCHEDULES = [each._replace(needs=()) for each in work.EXAMINATIONS if each.name == "schedules"]
"Only these: after some seconds without a look, a beat is taken for dead."


def test_no_beat(database: str, look: Look) -> None:
    must_say(look(SCHEDULES, "schedules"), "no beat is alive", "celery -A tasks.bare beat")


def test_paused_schedule_is_named(database: str, look: Look) -> None:
    job = ScheduledJob(name="retag", task="retag.start_due", timing=Timing(interval_seconds=3600))
    beat = Firer(lambda *_: None, jobs={job.name: job}, name="here/1")
    beat.look()
    assert look(SCHEDULES, "schedules").detail == "here/1 sees to them"
    with session_scope() as session:
        ScheduleService.update(session, ScheduleService.lock(session, "retag"), SchedulePatch(enabled=False))
    beat.look()

    must_say(look(SCHEDULES, "schedules"), "paused: retag", "partflow schedule resume retag", Health.WARNING)


def test_budget_that_is_spent(database: str, configure: Callable[..., None], look: Look) -> None:
    configure(ASSISTANT_DAILY_BUDGET_USD=1)
    with session_scope() as session:
        usage = Usage(model="m", prompt_version="v", cost_usd=1.5)
        AiCallService.record(session, run_id=None, job="identify", version="m/v", cache_key="k", usage=usage)

    found = look(ALL, "budget of models")

    must_say(found, "1.50 US dollars", "PARTFLOW_ASSISTANT_DAILY_BUDGET_USD", Health.WARNING)


def test_empty_catalogue(database: str, look: Look) -> None:
    must_say(look(ALL, "catalogue"), "the catalogue is empty", "partflow import", Health.WARNING)


def test_filled_catalogue_is_fine(database: str, look: Look) -> None:
    with session_scope() as session:
        CatalogueService.replace(session, [CatalogueEntry(source="kicad", manufacturer_code="NE555P")])

    assert look(ALL, "catalogue").health == Health.FINE
