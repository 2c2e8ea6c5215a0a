"""What the intake pipelines start from."""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.base import Dto
from schemas.id4 import PartKey
from schemas.part_number import CODE_PATTERN
from schemas.text import ReadLine


class PhotoIntakeInput(Dto):
    """What photo_intake starts from: the stored photo."""

    photo_sha256: str
    filename: str | None = None


class PartIntakeInput(Dto):
    """What part_intake starts from: a typed or scanned number."""

    manufacturer_code: str
    manufacturer: ReadLine = None
    quantity: int | None = None
    "as the scanned label says; a proposal"


class PartIntakeRequest(Dto):
    """The body that starts part_intake; the code may be a part number or all that a scanner read off a label."""

    manufacturer_code: Annotated[str, Field(min_length=1, max_length=1000, pattern=CODE_PATTERN)]
    manufacturer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None
    part: PartKey | None = None
