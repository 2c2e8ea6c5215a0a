"""The task that keeps the number of suggestions short to read."""

from celery import shared_task

from engine.worker.routes import Queue, assign
from models.session import session_scope
from services.suggestion import SuggestionTallyService

assign("suggestions.tally", Queue.MAINTENANCE)


@shared_task(name="suggestions.tally")
def tally_suggestions() -> None:
    """Add up the changes of the number of suggestions; safe to run twice at once."""
    with session_scope() as session:
        SuggestionTallyService.join(session)
