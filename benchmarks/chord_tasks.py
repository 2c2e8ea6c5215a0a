"""The app that bench_chords measures: one of these on each backend, with a worker of its own."""

import json
import os
import time
from pathlib import Path
from typing import Any

import kombu
from celery import Celery, shared_task
from celery.signals import before_task_publish

CONFIGURATION = "PARTFLOW_BENCH_CHORDS"
"The environment variable that tells a worker its configuration, as JSON."

UNLOCK = "celery.chord_unlock"
"The task by which Celery's own backend polls."


def make_app(queue: str, **configuration: Any) -> Celery:
    """Return an app that works off one quorum queue."""
    exchange = kombu.Exchange("bench", type="topic")
    made = Celery("bench_chords", set_as_current=False)
    made.conf.update(
        broker_connection_retry_on_startup=True,
        broker_transport_options={"confirm_publish": True},
        task_queues=[kombu.Queue(queue, exchange, routing_key=queue, queue_arguments={"x-queue-type": "quorum"})],
        task_default_exchange=exchange.name,
        task_default_exchange_type=exchange.type,
        task_default_queue=queue,
        task_default_routing_key=queue,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        result_expires=3600,
        **configuration,
    )
    return made


@shared_task(name="bench.part")
def part(*_: Any) -> int:
    """Do nothing."""
    return 1


@shared_task(name="bench.body")
def body(*_: Any) -> float:
    """Tell when it ran, in seconds of the machine's one monotonic clock."""
    return time.monotonic()


def count_polls(path: Path) -> None:
    """Let this process write down, by queue, each time that a backend polls."""

    def note(sender: str, routing_key: str, **_: Any) -> None:
        if sender == UNLOCK:
            with path.open("a") as file:
                # On a quorum queue the delay stands before the queue, in the routing key.
                file.write(routing_key.rpartition(".")[2] + "\n")

    before_task_publish.connect(note, weak=False)


if CONFIGURATION in os.environ:
    _given = json.loads(os.environ[CONFIGURATION])
    count_polls(Path(_given.pop("polls")))
    app = make_app(_given.pop("queue"), **_given)
