"""Slots: how a location is written."""

from typing import Annotated, Final

from pydantic import StringConstraints

SLOT_PATTERN: Final = r"^[1-9][0-9]{0,5}-[1-9][0-9]{0,5}$"

SlotKey = Annotated[str, StringConstraints(pattern=SLOT_PATTERN)]
"Box and location, as 7-3."
