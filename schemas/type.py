"""Types: the categories of parts."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from schemas.base import Dto

MAX_TYPE: Final = 100
TYPE_PATTERN: Final = r"^[^/\x00-\x1f]*$"


def _with_letters(name: str) -> str:
    # Not part of the pattern, which knows letters of one alphabet only where the document of the API is read.
    if not any(letter.isalnum() for letter in name):
        raise ValueError("a type needs a letter or a digit in its name")
    return name


TypeName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TYPE, pattern=TYPE_PATTERN),
    AfterValidator(_with_letters),
    Field(description="Has a letter or a digit, and no slash, since it is part of an address."),
]


class NewType(Dto):
    """A type to add, at the end of the list."""

    name: TypeName


class TypePatch(Dto):
    """What a type is to be called from now on."""

    name: TypeName


class MergeType(Dto):
    """The type that parts and boxes are to have instead."""

    into: TypeName


class TypeOrder(Dto):
    """Every type there is, in the order that the user wants."""

    types: Annotated[tuple[TypeName, ...], Field(max_length=1000)]


class DeleteTypeQuery(Dto):
    """What takes the place of a type that is in use."""

    replacement: TypeName | None = None


class TypeOut(Dto):
    """A type as the API shows it."""

    name: str
    parts: int
    "how many parts are of this type, retired ones included"
    links: dict[str, str]


class TypeList(Dto):
    """All types, in the user's order."""

    types: tuple[TypeOut, ...]
