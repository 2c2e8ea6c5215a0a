"""The Celery app."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging

from settings import get_settings
from settings.logs import configure_logging

app = Celery(
    "partflow",
    task_cls="engine.worker.request:PartflowTask",
    # Explicit, because a typo raises here, while autodiscovery would register nothing and say nothing.
    include=[
        "tasks.assist",
        "tasks.documents",
        "tasks.fetch",
        "tasks.garbage",
        "tasks.identify",
        "tasks.imports",
        "tasks.ingest",
        "tasks.inventory",
        "tasks.vision",
        "engine.dead_letters",
        "engine.dispatch",
        "engine.reconcile",
        "pgchords.reaper",
    ],
)
app.config_from_object("engine.worker.config")
# The current app is a thing of each thread; the API publishes from many.
app.set_default()


@setup_logging.connect
def _log_as_we_do(**_: Any) -> None:
    """Keep Celery from setting up logging its own way."""
    configure_logging(get_settings().log)
