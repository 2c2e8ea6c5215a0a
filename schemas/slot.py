"""Slots: places in boxes."""

import re
from typing import Any, Final, NamedTuple

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from schemas.errors import InvalidInput

SLOT_PATTERN: Final = r"^[1-9][0-9]{0,5}-[1-9][0-9]{0,5}$"


class Slot(NamedTuple):
    """A place in a box: `7-3` is location 3 of box 7. DTOs read and write a slot as this text."""

    box_no: int
    loc_no: int

    def __str__(self) -> str:
        return f"{self.box_no}-{self.loc_no}"

    @classmethod
    def parse(cls, text: str) -> "Slot":
        """Return the slot that a text names.

        Raises:
            InvalidInput: the text is not a box and a location.
        """
        if not re.fullmatch(SLOT_PATTERN.removesuffix("$"), text):
            raise InvalidInput(f"{text!r} is not a slot; expected box and location, such as 7-3", field="slot")
        box_no, loc_no = text.split("-")
        return cls(int(box_no), int(loc_no))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate and serialize a slot as text; in Python a `Slot` is also accepted."""
        text = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema(pattern=SLOT_PATTERN))
        return core_schema.json_or_python_schema(
            json_schema=text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), text], mode="left_to_right"),
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema(pattern=SLOT_PATTERN)
            ),
        )
