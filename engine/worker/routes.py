"""Which task's messages go to which queue."""

from collections.abc import Mapping
from typing import Any

from schemas.queue import QUEUE_NAMES, Queue
from settings import get_settings

__all__ = ["QUEUE_NAMES", "Queue", "assign", "bulk_queue", "queue_of", "route"]

_routes: dict[str, Queue] = {}


def assign(task_name: str, queue: Queue) -> None:
    """Let a task's messages go to a queue."""
    _routes[task_name] = queue


def queue_of(task_name: str) -> Queue | None:
    """Return the class of work that a task is of; None when there is no such task."""
    return _routes.get(task_name)


def bulk_queue(task_name: str) -> str:
    """Return the queue of a task's bulk work."""
    return _routes[task_name].bulk


def route(
    name: str, _args: object = None, _kwargs: object = None, options: Mapping[str, Any] | None = None, **_: object
) -> dict[str, Any]:
    """Tell Celery where a task's message goes, and how long to wait until the broker has it.

    A message that is sent again stays in the lane it came through; Celery itself remembers that only in its key.
    """
    queue = _routes.get(name, Queue.INVENTORY)
    again = str((options or {}).get("routing_key") or "").endswith(queue.bulk)
    return {
        "queue": queue.bulk if again else queue.value,
        "confirm_timeout": get_settings().broker.confirm_seconds,
    }
