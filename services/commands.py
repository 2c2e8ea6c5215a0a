"""Command IDs of clients: a repeated ID gets the first answer again."""

from uuid import UUID, uuid5

from schemas.base import Dto
from schemas.errors import Unprocessable


def payload_of(order: Dto) -> object:
    """Return the payload of a command (all but its ID) as JSON.

    Defaults are left out, so that a field that is added later does not change the payload of an old command.
    """
    return order.model_dump(mode="json", exclude={"command_id"}, exclude_defaults=True)


def must_be_repeated(command_id: UUID, *, before: object, now: object, **details: object) -> None:
    """Check that a command with a known ID has the same payload as before.

    Raises:
        Unprocessable: the payload differs; `details` tell the caller the first use of the ID.
    """
    if before != now:
        raise Unprocessable(
            f"command ID {command_id} was used before with another payload; use a new ID for a new command",
            field="command_id",
            **details,
        )


def part_command_id(command_id: UUID, id4: str) -> UUID:
    """Return the ID of the command on the stock of a part that a command on several parts gives."""
    return uuid5(command_id, id4)
