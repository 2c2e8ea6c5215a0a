"""What a worker exposes of its metrics, and when it was last seen."""

import time
from typing import Any

import structlog
from billiard.process import current_process
from celery import bootsteps
from celery.signals import celeryd_init, worker_process_init
from celery.worker import WorkController, consumer
from celery.worker.components import Pool
from celery.worker.consumer.tasks import Tasks
from prometheus_client import start_http_server

from observability.metrics import SHARED, WORKER_SEEN, exposed, name_process, process_name
from settings import get_settings

_SEEN_SECONDS = 15

_log = structlog.get_logger()


@celeryd_init.connect
def _name_worker(sender: str, **_: Any) -> None:
    name_process(sender)


@worker_process_init.connect
def _name_child(**_: Any) -> None:
    # A process that takes the place of one that ended has its index, too.
    name_process(f"{process_name()}-{current_process().index}")  # type: ignore[attr-defined]  # the stubs lack it


class Exporter(bootsteps.StartStopStep):
    """Serves the metrics of all processes of a worker, where a port is set."""

    # So that the thread that serves is not there yet when the processes are forked.
    requires = (Pool,)

    def __init__(self, parent: WorkController, **options: Any) -> None:
        super().__init__(parent, **options)
        self._server: Any = None

    def include_if(self, parent: WorkController) -> bool:
        """Tell whether a port is set."""
        return get_settings().metrics.port is not None

    def start(self, parent: WorkController) -> None:
        """Listen; a worker that cannot goes on, because work counts more."""
        metrics = get_settings().metrics
        assert metrics.port
        if not SHARED:
            _log.warning("metrics of steps are not served; set PROMETHEUS_MULTIPROC_DIR to a folder of this worker's")
        try:
            self._server, _thread = start_http_server(metrics.port, metrics.host, exposed())
        except OSError as error:
            _log.error("metrics are not served", host=metrics.host, port=metrics.port, error=str(error))

    def stop(self, parent: WorkController) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class LastSeen(bootsteps.StartStopStep):
    """Says every few seconds that this worker takes messages, as long as it does."""

    requires = (Tasks,)

    def __init__(self, parent: consumer.Consumer, **options: Any) -> None:
        super().__init__(parent, **options)
        self._timer: Any = None

    def start(self, parent: consumer.Consumer) -> None:
        """Begin to say so."""
        self._see(parent)
        self._timer = parent.timer.call_repeatedly(_SEEN_SECONDS, self._see, (parent,))

    def stop(self, parent: consumer.Consumer) -> None:
        """Say no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _see(self, parent: consumer.Consumer) -> None:
        for queue in parent.app.amqp.queues.consume_from:
            WORKER_SEEN.labels(parent.hostname, queue).set(time.time())
