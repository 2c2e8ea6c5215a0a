"""What a child says of its walls before it parses."""

import threading
from typing import Annotated, Final

import structlog
from pydantic import Field, ValidationError

from clients.files._jail import Layer
from clients.files.sandbox_errors import Garbage
from schemas.base import Dto

MOST_BYTES: Final = 1000
_log = structlog.get_logger()
_first_gap = threading.Lock()


class Walls(Dto):
    """The layers that stand around a child, and those that the system does not give."""

    stand: Annotated[tuple[Layer, ...], Field(max_length=len(Layer))] = ()
    missing: Annotated[tuple[Layer, ...], Field(max_length=len(Layer))] = ()

    def note(self) -> None:
        """Log, once in each process, that layers are missing."""
        if self.missing and _first_gap.acquire(blocking=False):
            _log.warning("the parsers of files lack walls", missing=[*self.missing], see="docs/security.md")


def parse_walls(said: bytes) -> Walls:
    """Parse what a child said; one that died before said nothing.

    Raises:
        Garbage: it is not in the child's form, because what it parsed has taken it over.
    """
    try:
        return Walls.model_validate_json(said) if said else Walls()
    except ValidationError as error:
        raise Garbage("what it says of its walls is malformed") from error
