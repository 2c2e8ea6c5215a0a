"""The queues: one per kind of work, so that slow work never stands before quick work."""

from enum import StrEnum


class Queue(StrEnum):
    """A class of work."""

    VISION = "vision"
    "decoding and reading photos: much memory, one at a time"
    ASSIST = "assist"
    "questions to the assistant"
    FETCH = "fetch"
    "downloads from the web"
    INGEST = "ingest"
    "reading and storing documents"
    INVENTORY = "inventory"
    "quick work in the database"
    MAINTENANCE = "maintenance"
    "the schedules"


_routes: dict[str, Queue] = {}


def assign(task_name: str, queue: Queue) -> None:
    """Let a task's messages go to a queue."""
    _routes[task_name] = queue


def bulk_queue(task_name: str) -> str:
    """Return the queue of a task's bulk work."""
    return _routes[task_name].value


def route(name: str, *_: object, **__: object) -> dict[str, str] | None:
    """Tell Celery which queue a task's message goes to; None is the default queue."""
    queue = _routes.get(name)
    return {"queue": queue.value} if queue else None
