"""The base of every DTO."""

from pydantic import BaseModel, ConfigDict


class Dto(BaseModel):
    """A frozen value; unknown fields are refused, because all input is hostile until it is parsed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
