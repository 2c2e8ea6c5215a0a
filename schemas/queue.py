"""The queues: one per kind of work, so that slow work never stands before quick work, and another for its bulk."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from schemas.base import Dto


class Queue(StrEnum):
    """A class of work."""

    VISION = "vision"
    "decoding and reading photos: much memory, one at a time"
    ASSIST = "assist"
    "questions to the assistant"
    FETCH = "fetch"
    "downloads from the web"
    INGEST = "ingest"
    "reading and storing documents"
    INVENTORY = "inventory"
    "quick work in the database"
    MAINTENANCE = "maintenance"
    "the schedules"

    @property
    def bulk(self) -> str:
        """The queue of the same work when nobody waits for it."""
        return f"{self.value}.bulk"

    @property
    def names(self) -> tuple[str, ...]:
        """All queues of this work; a worker takes from each of them in turn."""
        return (self.value,) if self is Queue.MAINTENANCE else (self.value, self.bulk)


QUEUE_NAMES: Final = tuple(name for queue in Queue for name in queue.names)


class QueueOut(Dto):
    """A queue on the broker, and what the ledger knows to be waiting for it."""

    name: str
    messages: int | None
    "that no worker has taken yet; None when there is no such queue"
    consumers: int | None
    "workers; None when the broker does not know"
    runs: int | None = None
    "whose next step goes there; None without a database"
    oldest_seconds: float | None = None
    "since the first of them got on"


class DeadLetterOut(Dto):
    """A message that the broker gave up."""

    id: str
    queue: str
    reason: str
    "as RabbitMQ says: delivery_limit, rejected, expired or maxlen"
    count: int
    at: datetime | None
    task: str
    run_id: UUID | None = None
    index: int | None = None
    epoch: int | None = None
