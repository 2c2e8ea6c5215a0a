"""Commands of clients: an id is answered once, and again with the same answer."""

from uuid import UUID

from schemas.base import Dto
from schemas.errors import Unprocessable


def payload_of(order: Dto) -> object:
    """Return what a command says besides its id, as JSON.

    Defaults are left out, so that a field that is added later does not change what an old command was.
    """
    return order.model_dump(mode="json", exclude={"command_id"}, exclude_defaults=True)


def must_be_repeated(command_id: UUID, *, before: object, now: object, **details: object) -> None:
    """Check that a command whose id is known says the same as it did before.

    Raises:
        Unprocessable: it says something else; `details` tell the caller what the id was given for.
    """
    if before != now:
        raise Unprocessable(
            f"command {command_id} was given before for something else; use a new id for a new command",
            field="command_id",
            **details,
        )
