"""The Celery app."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun, worker_process_shutdown

from engine.worker.exporter import Exporter
from engine.worker.schedule import every, register_jobs
from observability.logs import begin_task, configure_logging, end_task
from observability.traces import flush
from settings import get_settings

_HOUR, _MINUTE = 3600, 60

app = Celery(
    "partflow",
    loader="engine.worker.loader.Loader",
    task_cls="engine.worker.request:PartflowTask",
    # Explicit, because a typo raises here, while autodiscovery would register nothing and say nothing.
    include=[
        "engine.dead_letters",
        "engine.dispatch",
        "engine.reconcile",
        "engine.step.finish",
        "pgchords.reaper",
        "pipelines",
        "tasks.assist",
        "tasks.compare",
        "tasks.documents",
        "tasks.fetch",
        "tasks.garbage",
        "tasks.identify",
        "tasks.inbox",
        "tasks.imports",
        "tasks.ingest",
        "tasks.inventory",
        "tasks.refresh",
        "tasks.reorg",
        "tasks.retag",
        "tasks.retention",
        "tasks.revise",
        "tasks.search",
        "tasks.vision",
    ],
)
app.config_from_object("engine.worker.config")
# The current app is a thing of each thread; the API publishes from many.
app.set_default()
app.steps["worker"].add(Exporter)


@app.on_after_configure.connect
def _register_jobs(**_: Any) -> None:
    """Add the jobs of the inventory to those of the engine."""
    settings = get_settings()
    register_jobs(
        every(settings.intake.prepare_seconds, "thumbnails", "document.prepare_missing"),
        every(settings.retention.garbage_seconds, "garbage", "garbage.collect"),
        every(_HOUR, "retention", "pipelines.forget"),
        every(_HOUR, "datasheet_refresh", "datasheet_refresh.start_due"),
        every(_HOUR, "retag", "retag.start_due"),
        every(5 * _MINUTE, "words", "search.learn"),
        every(_MINUTE, "tally", "suggestions.tally"),
    )


@setup_logging.connect
def _log_as_we_do(**_: Any) -> None:
    """Keep Celery from setting up logging its own way."""
    configure_logging(get_settings().log)


@task_prerun.connect
def _name_task(task_id: str, **_: Any) -> None:
    begin_task(task_id)


@worker_process_shutdown.connect
def _send_spans(**_: Any) -> None:
    flush()


@task_postrun.connect
def _forget_task(**_: Any) -> None:
    end_task()
