"""Entries of the beat schedule."""

from typing import Any

from schemas.queue import Queue


def every(seconds: float, task: str) -> dict[str, Any]:
    """Return the entry that sends a maintenance task at an interval in seconds; a message expires after as long."""
    return {"task": task, "schedule": seconds, "options": {"queue": Queue.MAINTENANCE.value, "expires": seconds}}
