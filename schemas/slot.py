"""Slots: how a location is written."""

from typing import Annotated

from pydantic import StringConstraints

SlotKey = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}-[1-9][0-9]{0,5}$")]
"Box and location, as 7-3."
