"""Types: the categories of parts."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from schemas.base import Dto
from schemas.value import Unit

MAX_TYPE: Final = 100
TYPE_PATTERN: Final = r"^[^/\x00-\x1f]*$"


def _with_letters(name: str) -> str:
    # Not in the pattern: readers of the OpenAPI document may match the letters of one alphabet only.
    if not any(letter.isalnum() for letter in name):
        raise ValueError("the name of a type needs a letter or a digit")
    return name


TypeName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TYPE, pattern=TYPE_PATTERN),
    AfterValidator(_with_letters),
    Field(description="Needs a letter or a digit, and must not have a slash, since it is part of a URL."),
]


class NewType(Dto):
    """A type to add, at the end of the list."""

    name: TypeName


class TypePatch(Dto):
    """The new name of a type."""

    name: TypeName


class TypeUnit(Dto):
    """The unit by whose value the parts of a type are put in order; null means by their numbers."""

    unit: Unit | None


class MergeType(Dto):
    """The type that replaces another one on all parts and boxes."""

    into: TypeName


class TypeOrder(Dto):
    """All types, in the order that the user wants."""

    types: Annotated[tuple[TypeName, ...], Field(max_length=1000)]


class DeleteTypeQuery(Dto):
    """The type that replaces a deleted one that is in use."""

    replacement: TypeName | None = None


class TypeOut(Dto):
    """A type as the API shows it."""

    name: str
    parts: int
    "the number of parts of this type, retired ones included"
    unit: Unit | None
    "the unit by whose value its parts are put in order; null means by their numbers"
    links: dict[str, str]


class TypeList(Dto):
    """All types, in the user's order."""

    types: tuple[TypeOut, ...]
