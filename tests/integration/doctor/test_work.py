"""What the doctor says when models or catalogue are not what the work needs."""

from collections.abc import Callable

from cli.doctor import database, work
from models.session import session_scope
from schemas.assistant import Usage
from schemas.doctor import Health
from schemas.identification import CatalogueEntry
from services.ai_call import AiCallService
from services.catalogue import CatalogueService
from tests.integration.doctor.conftest import Look, must_say

ALL = (*database.EXAMINATIONS, *work.EXAMINATIONS)


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
