"""Celery's configuration; Celery reads it when the app is first used."""

from typing import Any

import kombu
from kombu.transport import TRANSPORT_ALIASES

from engine.worker.routes import QUEUE_NAMES, Queue, route
from engine.worker.schedule import every, register_jobs
from engine.worker.topology import EXCHANGE, work_queues
from models.session import connect_args
from schemas.schedule import ScheduledJob
from schemas.timing import Timing
from settings import Settings, get_settings


def _filesystem(settings: Settings) -> dict[str, Any]:
    folder = settings.broker.folder.resolve()
    for name in ("queue", "control", "processed"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        # Beside the queue, because a move to another file system would let two workers take one message.
        "processed_folder": str(folder / "processed"),
        "store_processed": False,
        "polling_interval": 0.1,
    }


TRANSPORT_ALIASES["filesystem"] = "engine.worker.filesystem:Transport"

_settings = get_settings()
_is_filesystem = _settings.broker.url.get_secret_value().startswith("filesystem")

# The host means nothing to a folder, but kombu warns when there is none.
broker_url = "filesystem://localhost//" if _is_filesystem else _settings.broker.url.get_secret_value()
broker_transport_options = _filesystem(_settings) if _is_filesystem else {"confirm_publish": True}
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_connection_timeout = _settings.broker.connect_seconds
broker_pool_limit = 10
broker_pool_acquire_timeout = 2
# What cannot be sent at once is left to the reconciler, so that no request waits for a broker that is down.
task_publish_retry_policy = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
result_backend = "engine.worker.chords.ChordBackend+" + _settings.database.url.get_secret_value()
result_backend_transport_options = {"chord_lease": _settings.engine.lease_seconds}
result_expires = 86_400
database_create_tables_at_setup = False
# The backend repeats a statement whose connection was lost; a ping before each would be a round trip for nothing.
database_engine_options = {
    "pool_size": 2,
    "max_overflow": 2,
    "pool_pre_ping": False,
    "pool_recycle": 1800,
    "connect_args": connect_args(_settings.database),
}

task_queues = (
    [kombu.Queue(name, EXCHANGE, routing_key=name) for name in QUEUE_NAMES]
    if _is_filesystem
    else work_queues(_settings.broker)
)
task_default_queue = task_default_routing_key = Queue.INVENTORY.value
task_default_exchange = EXCHANGE.name
task_default_exchange_type = EXCHANGE.type
task_create_missing_queues = False
task_routes = (route,)

task_soft_time_limit = 300
task_time_limit = 360

task_acks_late = True
task_reject_on_worker_lost = True
# The ledger keeps what steps produce; a result is kept only where a chord counts it.
task_ignore_result = True
task_serializer = result_serializer = "json"
accept_content = result_accept_content = ["json"]
task_send_sent_event = worker_send_task_events = True
task_track_started = False

worker_consumer = "engine.worker.consumer:Consumer"
worker_prefetch_multiplier = 1
# Works when SIGTERM is mapped to SIGQUIT; Celery's own SIGTERM waits for the steps as long as they take.
worker_soft_shutdown_timeout = _settings.engine.stop_seconds
# A step that goes on though its connection is gone is not lost: it holds its lease, and a second message is refused.
worker_cancel_long_running_tasks_on_connection_loss = False
worker_max_tasks_per_child = 500
# Seconds; a worker that stops waits as long for its clock.
worker_timer_precision = 0.1
# Seconds until a process that died is believed to have died without an answer.
worker_lost_wait = 1.0
timezone = "UTC"

beat_scheduler = "engine.beat:BeatScheduler"

# The application adds its own; see tasks/app.py.
register_jobs(
    every(_settings.engine.reconcile_seconds, "reconcile", "pipelines.reconcile"),
    every(_settings.engine.reconcile_seconds, "chords", "pgchords.reap"),
    ScheduledJob(name="results", task="celery.backend_cleanup", timing=Timing(cron="0 4 * * *")),
)
if not _is_filesystem:
    register_jobs(every(_settings.engine.reconcile_seconds, "dead_letters", "pipelines.settle"))
