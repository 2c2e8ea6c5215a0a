"""The task that learns the words of the inventory, for spelling and completion."""

from celery import shared_task

from engine.worker.routes import Queue, assign
from models.session import session_scope
from services.search import SearchIndexService

assign("search.learn", Queue.MAINTENANCE)


@shared_task(name="search.learn")
def learn_words() -> None:
    """Write down the words, tags and makers of all parts; safe to run twice at once."""
    with session_scope() as session:
        SearchIndexService.learn(session)
