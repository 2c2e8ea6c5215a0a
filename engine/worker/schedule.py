"""Entries of the beat schedule."""

from typing import Any

from schemas.queue import Queue


def every(seconds: float, task: str) -> dict[str, Any]:
    """Return the entry that sends a maintenance task every so many seconds; one that waits for longer expires."""
    return {"task": task, "schedule": seconds, "options": {"queue": Queue.MAINTENANCE.value, "expires": seconds}}
