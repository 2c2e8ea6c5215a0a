"""The queues: one for each kind of work, so that slow work never delays quick work, and another for its bulk."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from schemas.base import Dto


class Queue(StrEnum):
    """A kind of work."""

    VISION = "vision"
    "decoding and reading photos: needs much memory, one photo at a time"
    ASSIST = "assist"
    "questions to the assistant"
    FETCH = "fetch"
    "downloads from the web, and reading them: a slow site holds a process for a time"
    INGEST = "ingest"
    "reading and storing documents of runs, and tables of parts"
    DOCUMENTS = "documents"
    "looking at documents for which no run waits: some are made to take long"
    INVENTORY = "inventory"
    "short work in the database"
    MAINTENANCE = "maintenance"
    "the schedules"

    @property
    def bulk(self) -> str:
        """The queue of the same work when it runs in bulk."""
        return f"{self.value}.bulk"

    @property
    def names(self) -> tuple[str, ...]:
        """All queues of this work; a worker takes messages from them in turn."""
        return (self.value,) if self is Queue.MAINTENANCE else (self.value, self.bulk)


QUEUE_NAMES: Final = tuple(name for queue in Queue for name in queue.names)


class QueueOut(Dto):
    """A queue on the broker, with the runs that wait for it by the ledger."""

    name: str
    messages: int | None
    "messages that no worker has taken yet; None when the queue does not exist"
    consumers: int | None
    "workers of the queue; None when the broker does not know"
    runs: int | None = None
    "runs whose next step belongs into the queue; None without a database"
    oldest_seconds: float | None = None
    "since the first of these runs made progress"


class DeadLetterOut(Dto):
    """A message that the broker dead-lettered."""

    id: str
    queue: str
    reason: str
    "RabbitMQ's word: delivery_limit, rejected, expired or maxlen"
    count: int
    at: datetime | None
    task: str
    run_id: UUID | None = None
    index: int | None = None
    epoch: int | None = None
