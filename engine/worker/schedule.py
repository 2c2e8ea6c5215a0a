"""The jobs that schedules start: a registry that the engine and the application fill."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.schedule import ScheduledJob
from schemas.timing import Timing

_registry: Final[dict[str, ScheduledJob]] = {}

JOBS: Final[Mapping[str, ScheduledJob]] = MappingProxyType(_registry)
"All jobs by the name of their schedule; filled once Celery is configured."


def register_jobs(*jobs: ScheduledJob) -> None:
    """Add jobs to the registry."""
    _registry.update({job.name: job for job in jobs})


def every(seconds: float, name: str, task: str) -> ScheduledJob:
    """Return the job that starts a task at an interval in seconds, unless a person changes its schedule."""
    return ScheduledJob(name=name, task=task, timing=Timing(interval_seconds=seconds))
