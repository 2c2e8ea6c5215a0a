"""The base of every DTO."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

ID4_PATTERN: Final = r"^[A-Za-z]{4}$"

PartKey = Annotated[str, StringConstraints(pattern=ID4_PATTERN, to_upper=True)]
"An id4, in whatever case."


class Dto(BaseModel):
    """A frozen value; unknown fields are refused, because every sender is hostile until parsed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
