"""What there is on RabbitMQ: one exchange, a quorum queue per class of work and lane, and one for dead letters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from amqp.exceptions import PreconditionFailed
from kombu import Connection, Exchange, Queue
from kombu.transport.native_delayed_delivery import (
    bind_queue_to_native_delayed_delivery_exchange,
    declare_native_delayed_delivery_exchanges_and_queues,
)

from engine.worker.routes import QUEUE_NAMES
from engine.worker.routes import Queue as WorkQueue
from settings.groups import BrokerSettings

EXCHANGE: Final = Exchange("partflow", type="topic")
DEAD_EXCHANGE: Final = Exchange("partflow.dead", type="fanout")
DEAD_QUEUE: Final = "dead"

_CONSUMER_TIMEOUT_MS = 3_600_000
"""A worker that keeps a message for longer is taken for dead. No task may take more than 21 minutes; the rest is for
messages that wait in a worker behind others. Older servers take the argument too, and go by their own 30 minutes."""

_NEVER = 1_000_000_000
"Deliveries. RabbitMQ 4 drops a message after 20 unless told otherwise, and looking at dead letters delivers them."


@dataclass(frozen=True)
class Difference:
    """A queue that exists with other arguments than it would be declared with; `what` is the broker's sentence."""

    queue: str
    what: str


def work_queues(broker: BrokerSettings) -> list[Queue]:
    """Return the queues of work.

    Their arguments cannot be changed once they exist, and a client that declares others is turned away. So publishers
    and consumers take the queues as they are, and only `declare` declares.
    """
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": broker.delivery_limit,
        # A dead letter leaves its queue only when the other has it; RabbitMQ wants reject-publish for that.
        "x-overflow": "reject-publish",
        "x-consumer-timeout": _CONSUMER_TIMEOUT_MS,
    }
    kept = {"x-dead-letter-exchange": DEAD_EXCHANGE.name, "x-dead-letter-strategy": "at-least-once"}
    return [
        # Ticks expire while maintenance is busy, and the next tick does what they were about.
        Queue(
            name,
            EXCHANGE,
            routing_key=name,
            queue_arguments=arguments if name == WorkQueue.MAINTENANCE else arguments | kept,
            no_declare=True,
        )
        for name in QUEUE_NAMES
    ]


def declare(connection: Connection, broker: BrokerSettings, *, recreate: bool = False) -> list[Difference]:
    """Declare what is missing, including delayed delivery, and return the queues that differ; `recreate` replaces them.

    Recreating a queue deletes its messages; the reconciler sends the runs they were about again.
    """
    differences = declare_queues(connection, broker, recreate=recreate)
    declare_native_delayed_delivery_exchanges_and_queues(connection, "quorum")
    for queue in work_queues(broker):
        bind_queue_to_native_delayed_delivery_exchange(connection, queue)
    return differences


def declare_queues(connection: Connection, broker: BrokerSettings, *, recreate: bool = False) -> list[Difference]:
    """Make the queues that are missing, as `declare` does, without delayed delivery, which Celery's workers see to."""
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": _NEVER}
    dead = Queue(DEAD_QUEUE, DEAD_EXCHANGE, queue_arguments=arguments)
    return list(_differences(connection, [dead, *work_queues(broker)], recreate=recreate))


def _differences(connection: Connection, queues: list[Queue], *, recreate: bool) -> Iterator[Difference]:
    for queue in queues:
        wanted: dict[str, Any] = {"queue_arguments": queue.queue_arguments, "routing_key": queue.routing_key}
        try:
            _declare(connection, Queue(queue.name, queue.exchange, **wanted))
        except PreconditionFailed as error:
            if recreate:
                with connection.channel() as channel:
                    queue(channel).delete()
                _declare(connection, Queue(queue.name, queue.exchange, **wanted))
            else:
                yield Difference(queue.name, str(error.reply_text))


def _declare(connection: Connection, queue: Queue) -> None:
    """Declare on a channel of its own, because the broker closes the one on which it refuses."""
    with connection.channel() as channel:
        queue(channel).declare()
