"""Tags: words on parts, with one spelling each, and their synonyms."""

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from schemas.base import Dto

MAX_TAG: Final = 50
_BETWEEN_WORDS: Final = re.compile(r"[\s_/,;-]+")


def normalised(word: str) -> str:
    """Return the stored form of a tag: lower case, with hyphens between its words (`Op Amp` is `op-amp`).

    Raises:
        ValueError: the tag has no letter or digit, has control characters, or is too long.
    """
    tag = _BETWEEN_WORDS.sub("-", unicodedata.normalize("NFKC", word).lower()).strip("-")
    if not any(letter.isalnum() for letter in tag) or not tag.isprintable():
        raise ValueError("a tag needs a letter or a digit, and must not have control characters")
    if len(tag) > MAX_TAG:
        raise ValueError(f"this tag has {len(tag)} characters; a tag has at most {MAX_TAG}")
    return tag


TagWord = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TAG), AfterValidator(normalised)]
"A tag in any case, with any character between its words."


class TagQuery(Dto):
    """The tags to list."""

    prefix: TagWord | None = Field(
        None, description="Only tags that begin with this text, or have a synonym that does."
    )
    limit: Annotated[int, Field(ge=1, le=1000)] = 1000


class TagOut(Dto):
    """A tag as the API shows it."""

    name: str
    parts: int
    "the number of parts with this tag, retired ones included"
    synonyms: tuple[str, ...]
    links: dict[str, str]


class TagList(Dto):
    """The vocabulary and the user's own tags, by name."""

    tags: tuple[TagOut, ...]


class RenameTag(Dto):
    """The new name of a tag."""

    name: TagWord


class MergeTag(Dto):
    """The tag that replaces another one on all parts."""

    into: TagWord


class NewSynonym(Dto):
    """Another word for a tag."""

    synonym: TagWord
