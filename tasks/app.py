"""The Celery app."""

from celery import Celery

app = Celery(
    "partflow",
    # Explicit, because a typo raises here, while autodiscovery would register nothing and say nothing.
    include=["tasks.assist", "tasks.fetch", "tasks.ingest", "tasks.inventory", "tasks.vision", "pipelines.reconcile"],
)
app.config_from_object("tasks.config")
# The current app is a thing of each thread; the API publishes from many.
app.set_default()
