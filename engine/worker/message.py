"""The message of a step."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kombu import Message
from pydantic import BaseModel, NonNegativeFloat, NonNegativeInt


class MessageHeaders(BaseModel):
    """The headers of a task's message, as far as Celery relies on them; others may be there."""

    id: str
    task: str
    retries: NonNegativeInt | None = 0
    timelimit: tuple[NonNegativeFloat | None, NonNegativeFloat | None] | None = None
    eta: datetime | None = None
    expires: datetime | None = None
    root_id: str | None = None
    parent_id: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class StepMessage:
    """The arguments of a step's message."""

    run_id: UUID
    index: int
    epoch: int


def step_message(message: Message) -> StepMessage | None:
    """Return which step a message is about; None when it is about something else, or cannot be read."""
    try:
        (run_id, index, epoch), *_ = message.payload
        return StepMessage(UUID(run_id), int(index), int(epoch))
    except Exception:  # noqa: BLE001 - a message that cannot be read is not the message of a step
        return None
