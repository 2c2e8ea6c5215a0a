"""How a worker's main process gets its messages."""

from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from celery import bootsteps
from celery.worker import consumer
from celery.worker.consumer.tasks import Tasks
from kombu import Connection, Message

from engine.worker.exporter import LastSeen
from engine.worker.message import step_message
from engine.worker.routes import Queue
from engine.worker.topology import declare_queues
from settings import get_settings

_RECONNECT_SECONDS = 1
_log = structlog.get_logger()


class CatchUp(bootsteps.StartStopStep):
    """Look for lost work as soon as the broker is there, at first and again, rather than at the next tick."""

    requires = (Tasks,)

    def start(self, parent: consumer.Consumer) -> None:
        """Send for the reconciler, if this worker is one of those that carry it out."""
        queue = Queue.MAINTENANCE.value
        if queue in parent.app.amqp.queues.consume_from:
            seconds = get_settings().engine.reconcile_seconds
            parent.app.send_task("pipelines.reconcile", queue=queue, expires=seconds)


class Consumer(consumer.Consumer):
    """Celery's consumer, which makes what is missing on the broker, and is quick to come back to it."""

    class Blueprint(consumer.Consumer.Blueprint):  # type: ignore[misc, valid-type]  # declared as a variable there
        """Celery's steps and ours."""

        default_steps = (*consumer.Consumer.Blueprint.default_steps, CatchUp, LastSeen)

    def connect(self) -> Connection:
        """Connect, and see to it that there is something to consume from."""
        connection = super().connect()
        if connection.transport.driver_type == "amqp":
            for difference in declare_queues(connection, get_settings().broker):
                _log.warning("queue has other arguments; see partflow queues declare", **vars(difference))
        return connection

    def ensure_connected(self, conn: Connection) -> Any:
        """Wait for the broker, and ask for it every second; the stock consumer asks every half minute in the end."""
        patient = partial(conn.ensure_connection, interval_start=_RECONNECT_SECONDS, interval_step=0)
        conn.ensure_connection = patient  # type: ignore[method-assign]  # Celery has no setting for the intervals
        return super().ensure_connected(conn)

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Message], None]:
        """Handle messages; a malformed one becomes a dead letter, while it would end a stock worker."""
        receive = super().create_task_handler(*args, **kwargs)

        def receive_anything(message: Message) -> None:
            try:
                receive(message)
            except self.connection_errors:  # type: ignore[attr-defined]  # the stubs lack it
                raise
            except Exception as error:  # noqa: BLE001 - whoever can publish may have published anything
                self.on_decode_error(message, error)

        return receive_anything

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        """Make a dead letter of a message that cannot be read; the stock consumer drops it."""
        queue = message.delivery_info.get("routing_key")
        _log.error("message cannot be read", queue=queue, error=f"{type(exc).__name__}: {exc}"[:500])
        if not message.acknowledged:
            message.reject_log_error(_log, self.connection_errors)  # type: ignore[attr-defined]  # the stubs lack it

    def on_unknown_task(self, body: Any, message: Message, exc: Exception) -> None:
        """Drop the message of a step that only newer code knows.

        Its row stays as it is, so the reconciler sends the run again, until a newer worker gets it; by default the step
        would be failed for good.
        """
        if step_message(message) is None:
            super().on_unknown_task(body, message, exc)
            return
        _log.warning("step left for newer code", step=message.headers.get("task"))
        message.ack_log_error(_log, self.connection_errors)  # type: ignore[attr-defined]  # the stubs lack it
