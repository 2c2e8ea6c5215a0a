"""Inputs of the intake pipelines, and the requests that start them."""

from typing import Annotated

from pydantic import Field

from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.part_number import CODE_PATTERN
from schemas.text import Line, ReadLine, Scanned


class PhotoIntakeInput(Dto):
    """The input of photo_intake: the stored photo."""

    photo_sha256: str
    filename: str | None = None
    is_new: bool = False
    "whether the run was given a part of its own, which may turn out to be there already"


class PartIntakeInput(Dto):
    """The input of part_intake: a typed or scanned part number."""

    manufacturer_code: str
    manufacturer: ReadLine = None
    quantity: int | None = None
    "the quantity on the scanned label; a proposal"
    is_new: bool = False
    "as for a photo"


class PartIntakeRequest(Dto):
    """The body that starts part_intake; the code is a part number, or the whole text of a scanned label."""

    manufacturer_code: Annotated[Scanned, Field(min_length=1, max_length=1000, pattern=CODE_PATTERN)]
    manufacturer: Annotated[Line, Field(max_length=100)] | None = None
    part: PartKey | None = None
