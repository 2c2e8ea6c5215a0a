"""What a message is about."""

from typing import NamedTuple
from uuid import UUID

from kombu import Message


class StepKey(NamedTuple):
    """The arguments of a step's message."""

    run_id: UUID
    slot: int
    epoch: int


def step_key(message: Message) -> StepKey | None:
    """Return which step a message is about; None when it is about something else, or cannot be read."""
    try:
        (run_id, slot, epoch), *_ = message.payload
        return StepKey(UUID(run_id), int(slot), int(epoch))
    except Exception:  # noqa: BLE001 - whatever it is, it is no step of a run
        return None
