"""The key of a part: the four letters on its label."""

from typing import Annotated, Final

from pydantic import StringConstraints

ID4_PATTERN: Final = r"^[A-Za-z]{4}$"

PartKey = Annotated[str, StringConstraints(pattern=ID4_PATTERN, to_upper=True)]
"An id4, in upper or lower case."
