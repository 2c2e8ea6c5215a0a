"""Celery's configuration; Celery reads it when the app is first used."""

from typing import Any

import kombu
from kombu.transport import TRANSPORT_ALIASES

from settings import Settings, get_settings
from tasks.queues import Queue, route

_EXCHANGE = kombu.Exchange("partflow", type="topic")


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


TRANSPORT_ALIASES["filesystem"] = "tasks.filesystem:Transport"

_settings = get_settings()
_is_filesystem = _settings.broker.url.get_secret_value().startswith("filesystem")

# The host means nothing to a folder, but kombu warns when there is none.
broker_url = "filesystem://localhost//" if _is_filesystem else _settings.broker.url.get_secret_value()
broker_transport_options = _filesystem(_settings) if _is_filesystem else {"confirm_publish": True}
broker_connection_retry_on_startup = True
broker_connection_timeout = 4
result_backend = "tasks.chords.ChordBackend+" + _settings.database.url.get_secret_value()
result_backend_transport_options = {"chord_lease": _settings.pipeline.lease_seconds}
result_expires = 86_400
database_create_tables_at_setup = False
# The backend repeats a statement whose connection was lost; a ping before each would be a round trip for nothing.
database_engine_options = {"pool_size": 2, "max_overflow": 2, "pool_pre_ping": False, "pool_recycle": 1800}

task_queues = [
    kombu.Queue(
        queue.value,
        _EXCHANGE,
        routing_key=queue.value,
        queue_arguments=None if _is_filesystem else {"x-queue-type": "quorum"},
    )
    for queue in Queue
]
task_default_queue = task_default_routing_key = Queue.INVENTORY.value
task_default_exchange = _EXCHANGE.name
task_default_exchange_type = _EXCHANGE.type
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

worker_prefetch_multiplier = 1
worker_max_tasks_per_child = 500
timezone = "UTC"

beat_schedule = {
    "reconcile": {
        "task": "pipelines.reconcile",
        "schedule": _settings.pipeline.reconcile_seconds,
        "options": {"queue": Queue.MAINTENANCE.value, "expires": _settings.pipeline.reconcile_seconds},
    },
    "reap chords": {
        "task": "pgchords.reap",
        "schedule": _settings.pipeline.reconcile_seconds,
        "options": {"queue": Queue.MAINTENANCE.value, "expires": _settings.pipeline.reconcile_seconds},
    },
    "prepare documents": {
        "task": "document.prepare_missing",
        "schedule": _settings.pipeline.prepare_seconds,
        "options": {"queue": Queue.MAINTENANCE.value, "expires": _settings.pipeline.prepare_seconds},
    },
    "collect garbage": {
        "task": "garbage.collect",
        "schedule": _settings.store.garbage_seconds,
        "options": {"queue": Queue.MAINTENANCE.value, "expires": _settings.store.garbage_seconds},
    },
}
