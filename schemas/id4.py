"""The key of a part: the four letters on its label."""

import tomllib
from importlib.resources import files
from typing import Annotated, Final

from pydantic import StringConstraints

ID4_PATTERN: Final = r"^[A-Za-z]{4}$"

ID4_LENGTH: Final = 4

SKIPPED: Final[tuple[str, ...]] = tuple(
    tomllib.loads((files("schemas") / "skipped_id4s.toml").read_text("utf-8"))["skipped"]
)
"The rude words; no part is given an id4 that contains one."

PartKey = Annotated[str, StringConstraints(pattern=ID4_PATTERN, to_upper=True)]
"An id4, in upper or lower case."
