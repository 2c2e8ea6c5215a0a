"""The steps of a newer deploy: `celery -A tests.support.newer_steps worker`."""

from engine.step.task import as_task
from tests.support.odd_steps import Harmless, app

__all__ = ["app", "newer"]


class Newer(Harmless):
    """A step that older workers have never heard of."""

    name = "test.newer"


newer = as_task(Newer())
