"""One step each: the Celery app, the step base, and a module per queue."""

from tasks.app import app as celery_app

__all__ = ["celery_app"]
