"""The vocabulary of a new inventory: the default types, and the tags with their phrases."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from typing import Final

from schemas.value import Unit

_WORDS: Final = tomllib.loads((files("schemas") / "vocabulary.toml").read_text("utf-8"))


class TagGroup(StrEnum):
    """The property of a part that a tag describes."""

    FUNCTION = "function"
    TECHNOLOGY = "technology"
    INTERFACE = "interface"
    PACKAGE = "package"


DEFAULT_TYPES: Final[tuple[str, ...]] = tuple(_WORDS["types"])

_UNITS: Final = {name.lower(): Unit(unit) for name, unit in _WORDS["units"].items()}

TAG_GROUPS: Final[Mapping[TagGroup, Mapping[str, tuple[str, ...]]]] = {
    group: {tag: tuple(phrases) for tag, phrases in _WORDS["tags"][group].items()} for group in TagGroup
}
"""The tags of each group, with the phrases that mean them."""

VOCABULARY: Final[tuple[str, ...]] = tuple(tag for group in TAG_GROUPS.values() for tag in group)


def unit_of_type(name: str) -> Unit | None:
    """Return the unit by whose value the parts of a default type are put in order."""
    return _UNITS.get(name.lower())
