"""What the doctor says of broken brokers, and of queues without workers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from kombu import Connection, Queue

from cli.doctor import broker as doctor
from cli.doctor import work
from embedded import RabbitMQ
from engine.queues import declare_queues
from settings import get_settings
from tests.integration.doctor.conftest import Look, must_say

Configure = Callable[..., None]
ALL = (*doctor.EXAMINATIONS, *work.EXAMINATIONS)


@pytest.fixture
def declared(rabbitmq: RabbitMQ, database: str, configure: Configure) -> RabbitMQ:
    rabbitmq.start()
    configure(BROKER_URL=rabbitmq.url)
    declare_queues(get_settings().broker, recreate=True)
    return rabbitmq


@contextmanager
def without(node: RabbitMQ, queue: str) -> Iterator[Connection]:
    """Delete a queue; it is declared again afterwards."""
    with Connection(node.url) as connection:
        Queue(queue)(connection.channel()).delete()
        try:
            yield connection
        finally:
            declare_queues(get_settings().broker, recreate=True)


def test_broker_that_is_down(configure: Configure, look: Look) -> None:
    configure(BROKER_URL="amqp://127.0.0.1:1//")

    must_say(look(ALL, "broker"), "nothing listens at 127.0.0.1:1", "start RabbitMQ")


def test_wrong_password(declared: RabbitMQ, configure: Configure, look: Look) -> None:
    configure(BROKER_URL=declared.url.replace("@", "x@"))

    must_say(look(ALL, "broker"), "refuses the user partflow or its password", "PARTFLOW_BROKER_URL")


def test_vhost_that_is_missing(declared: RabbitMQ, configure: Configure, look: Look) -> None:
    configure(BROKER_URL=f"{declared.url}nowhere")

    must_say(look(ALL, "broker"), "no vhost /nowhere", "rabbitmqctl add_vhost /nowhere")


def test_queue_that_is_missing(declared: RabbitMQ, look: Look) -> None:
    with without(declared, "assist"):
        must_say(look(ALL, "queues"), "assist", "partflow queues declare")


def test_queue_that_is_declared_differently(declared: RabbitMQ, look: Look) -> None:
    with without(declared, "assist") as connection:
        Queue("assist", durable=True)(connection.channel()).declare()

        must_say(look(ALL, "queues"), "assist was declared differently", "partflow queues declare --recreate")


def test_queue_without_a_worker(declared: RabbitMQ, look: Look) -> None:
    must_say(look(ALL, "workers"), "no worker is alive", "partflow up")

    with Connection(declared.url) as connection, connection.Consumer(Queue("vision", no_declare=True)):
        found = look(ALL, "workers")

    must_say(found, "no worker takes from the queue", "assist")
    assert "vision," not in found.detail


def test_folder_that_nobody_works_on(database: str, look: Look) -> None:
    must_say(look(ALL, "workers"), "no worker is alive", "partflow up")
