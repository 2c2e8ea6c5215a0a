"""Types: the categories of parts."""

from typing import Annotated

from pydantic import StringConstraints

from schemas.base import Dto

TypeName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class NewType(Dto):
    """A type to add."""

    name: TypeName


class TypeOut(Dto):
    """A type as the API shows it."""

    name: str
    links: dict[str, str]


class TypeList(Dto):
    """All types, by name."""

    types: tuple[TypeOut, ...]
