"""What the broker gave up: shown, settled in the ledger, sent again or dropped."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import kombu
import structlog
from celery import shared_task
from kombu import Connection, Consumer, Message, Producer
from sqlalchemy import Engine

from engine.ledger.ledger import Ending, Ledger
from engine.ledger.run import RunService
from engine.queues import connect, is_rabbitmq
from engine.resume import resume
from engine.worker.message import step_message
from engine.worker.routes import Queue, assign
from engine.worker.topology import DEAD_QUEUE, EXCHANGE
from models.session import session_scope
from schemas.errors import DomainError
from schemas.ledger import StepState
from schemas.queue import QUEUE_NAMES, DeadLetterOut
from settings import get_settings
from settings.groups import BrokerSettings

_PATIENCE_SECONDS = 5
"How long the broker may take for the next letter."

_log = structlog.get_logger()

assign("pipelines.settle", Queue.MAINTENANCE)


def list_dead(broker: BrokerSettings) -> list[DeadLetterOut]:
    """Return the dead letters, the oldest first; they stay where they are."""
    if not is_rabbitmq(broker):
        return []
    with connect(broker) as connection, _letters(connection) as letters:
        return [letter for letter, _ in letters]


def redrive(broker: BrokerSettings, chosen: Callable[[DeadLetterOut], bool], engine: Engine) -> int:
    """Give what the chosen letters were about another chance, and return how many they were.

    A run goes on from the step that failed, and the reconciler sends it; the letter itself is of an old epoch. Anything
    else is put back into its queue; what came from none of ours stays.
    """
    count = 0
    with connect(broker) as connection, _letters(connection) as letters:
        for letter, message in letters:
            if not chosen(letter):
                continue
            if letter.run_id:
                # A run that is gone, or goes on without the message, needs nothing.
                with suppress(DomainError), session_scope(engine) as session:
                    resume(session, letter.run_id)
            elif letter.queue in QUEUE_NAMES:
                _put_back(connection, letter, message)
            else:
                continue
            message.ack()
            count += 1
    return count


def drop(broker: BrokerSettings, chosen: Callable[[DeadLetterOut], bool]) -> int:
    """Forget the chosen letters, and return how many they were; their runs stay as they are."""
    with connect(broker) as connection, _letters(connection) as letters:
        dropped = [message for letter, message in letters if chosen(letter)]
        for message in dropped:
            message.ack()
    return len(dropped)


@shared_task(name="pipelines.settle")
def settle() -> None:
    """End the runs whose message the broker gave up; twice does no harm, because an ended run has nothing to claim.

    What expired is dropped: it was sent again since, or has no use any more.
    """
    broker = get_settings().broker
    with connect(broker) as connection, _letters(connection) as letters:
        for letter, message in letters:
            if letter.reason == "expired":
                message.ack()
        left = [letter for letter, _ in letters if letter.reason != "expired"]
    for letter in left:
        if letter.run_id is None or letter.index is None or letter.epoch is None:
            continue
        with session_scope() as session:
            claim = Ledger.claim(
                session, letter.run_id, letter.task, letter.index, epoch=letter.epoch, lease=0, worker="broker"
            )
            if claim is None:
                continue
            detail = f"RabbitMQ gave its message up: {letter.reason}"
            Ledger.record(session, claim, Ending(state=StepState.FAILED, reason="worker_lost", detail=detail))
            RunService.fail(session, letter.run_id, f"{letter.task}: {detail}")
            _log.warning("run ended, its message is dead", run=str(letter.run_id), step=letter.task)


@contextmanager
def _letters(connection: Connection) -> Iterator[Sequence[tuple[DeadLetterOut, Message]]]:
    """Hold all dead letters for a moment; those not acknowledged are back in their places afterwards."""
    found: list[Message] = []
    with connection.channel() as channel:
        dead = kombu.Queue(DEAD_QUEUE, no_declare=True)(channel)
        there: Any = dead.queue_declare(passive=True)
        # Consumed, because asking for one after the other takes seconds for a thousand.
        with Consumer(channel, [dead], on_message=found.append), suppress(TimeoutError):
            while len(found) < there.message_count:
                connection.drain_events(timeout=_PATIENCE_SECONDS)
        yield [(_read(message), message) for message in found]


def _put_back(connection: Connection, letter: DeadLetterOut, message: Message) -> None:
    headers = {name: value for name, value in message.headers.items() if not name.startswith("x-")}
    with Producer(connection) as producer:
        producer.publish(
            message.body or b"",  # an empty one is given as text, whatever its encoding
            exchange=EXCHANGE.name,
            routing_key=letter.queue,
            headers=headers,
            content_type=message.content_type,
            content_encoding=message.content_encoding,
            correlation_id=message.properties.get("correlation_id"),
            confirm_timeout=get_settings().broker.confirm_seconds,
        )


def _read(message: Message) -> DeadLetterOut:
    """Describe a message, of which nothing is certain but that RabbitMQ put it there."""
    headers = message.headers
    death = _death(headers.get("x-death"))
    at, count = death.get("time"), death.get("count")
    step = step_message(message)
    return DeadLetterOut(
        id=str(headers.get("id") or message.properties.get("message_id") or message.delivery_tag),
        queue=str(death.get("queue") or ""),
        reason=str(death.get("reason") or "unknown"),
        count=count if isinstance(count, int) and count > 0 else 1,
        at=at.astimezone() if isinstance(at, datetime) else None,
        task=str(headers.get("task") or ""),
        run_id=step.run_id if step else None,
        index=step.index if step else None,
        epoch=step.epoch if step else None,
    )


def _death(deaths: Any) -> dict[str, Any]:
    """Return why RabbitMQ gave a message up the last time; a publisher may have written anything there."""
    match deaths:
        case [dict() as last, *_]:
            return last
    return {}
