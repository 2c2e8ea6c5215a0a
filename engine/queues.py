"""The queues as an operator sees them: on RabbitMQ, or files in a folder."""

from collections.abc import Iterator, Sequence
from typing import Any

from amqp.exceptions import NotFound
from kombu import Connection, Queue
from sqlalchemy import Engine

from engine.ledger.backlog import Backlog, BacklogService
from engine.worker import topology
from engine.worker.filesystem import dead_folder
from engine.worker.routes import queue_of
from models.session import session_scope
from schemas.ledger import Lane
from schemas.queue import QUEUE_NAMES, QueueOut
from settings.groups import BrokerSettings

__all__ = ["connect", "declare_queues", "different_queues", "is_rabbitmq", "queue_name", "show_queues"]


def is_rabbitmq(broker: BrokerSettings) -> bool:
    """Whether the broker is RabbitMQ, and not a folder."""
    return broker.url.get_secret_value().startswith("amqp")


def connect(broker: BrokerSettings) -> Connection:
    """Return a connection to RabbitMQ that confirms what it publishes."""
    url = broker.url.get_secret_value()
    return Connection(url, connect_timeout=broker.connect_seconds, transport_options={"confirm_publish": True})


def declare_queues(broker: BrokerSettings, *, recreate: bool) -> list[topology.Difference]:
    """Make everything that is missing on RabbitMQ; return the queues that exist with other arguments."""
    with connect(broker) as connection:
        return topology.declare(connection, broker, recreate=recreate)


def different_queues(broker: BrokerSettings) -> list[topology.Difference]:
    """Return the queues on RabbitMQ that exist with other arguments than ours; those that are missing are made."""
    with connect(broker) as connection:
        return topology.declare_queues(connection, broker)


def show_queues(broker: BrokerSettings, engine: Engine | None) -> list[QueueOut]:
    """Return all queues with their depths; with a database, also what waits for each and how long."""
    queues = list(_on_rabbitmq(broker) if is_rabbitmq(broker) else _in_folder(broker))
    if engine is None:
        return queues
    with session_scope(engine) as session:
        backlog = BacklogService.list(session)
    return [_with_backlog(queue, [each for each in backlog if queue_name(each) == queue.name]) for queue in queues]


def _on_rabbitmq(broker: BrokerSettings) -> Iterator[QueueOut]:
    with connect(broker) as connection:
        for name in (*QUEUE_NAMES, topology.DEAD_QUEUE):
            try:
                # On a channel of its own, because the broker closes the one on which it finds nothing.
                with connection.channel() as channel:
                    there: Any = Queue(name)(channel).queue_declare(passive=True)
            except NotFound:
                yield QueueOut(name=name, messages=None, consumers=None)
            else:
                yield QueueOut(name=name, messages=there.message_count, consumers=there.consumer_count)


def _in_folder(broker: BrokerSettings) -> Iterator[QueueOut]:
    for name in QUEUE_NAMES:
        messages = sum(1 for _ in (broker.folder / "queue").glob(f"*[0-9a-f].{name}.msg"))
        yield QueueOut(name=name, messages=messages, consumers=None)
    dead = sum(1 for _ in dead_folder(broker.folder).glob("*.msg"))
    yield QueueOut(name=topology.DEAD_QUEUE, messages=dead, consumers=None)


def queue_name(backlog: Backlog) -> str | None:
    """Return the queue that waiting runs belong into; None when this code does not know their step."""
    queue = queue_of(backlog.step)
    if queue is None:
        return None
    return queue.bulk if backlog.lane == Lane.BULK else queue.value


def _with_backlog(queue: QueueOut, waiting: Sequence[Backlog]) -> QueueOut:
    oldest = max((each.oldest for each in waiting), default=None)
    return queue.model_copy(update={"runs": sum(each.runs for each in waiting), "oldest_seconds": oldest})
