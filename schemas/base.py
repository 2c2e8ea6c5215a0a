"""The base of every DTO."""

from pydantic import BaseModel, ConfigDict


class Dto(BaseModel):
    """A frozen value; unknown fields are refused, because every sender is hostile until parsed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
