"""The words a fresh inventory starts with: the default types, and the tags with what is written for each."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from typing import Final

_WORDS: Final = tomllib.loads((files("schemas") / "vocabulary.toml").read_text("utf-8"))


class TagGroup(StrEnum):
    """What a tag says of a part."""

    FUNCTION = "function"
    TECHNOLOGY = "technology"
    INTERFACE = "interface"
    PACKAGE = "package"


DEFAULT_TYPES: Final[tuple[str, ...]] = tuple(_WORDS["types"])

TAG_GROUPS: Final[Mapping[TagGroup, Mapping[str, tuple[str, ...]]]] = {
    group: {tag: tuple(phrases) for tag, phrases in _WORDS["tags"][group].items()} for group in TagGroup
}
"""Each tag with the phrases that stand for it."""

VOCABULARY: Final[tuple[str, ...]] = tuple(tag for group in TAG_GROUPS.values() for tag in group)
