"""Tags: words on parts, written in one way, and their synonyms."""

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from schemas.base import Dto

MAX_TAG: Final = 50
_BETWEEN_WORDS: Final = re.compile(r"[\s_/,;-]+")


def normalised(word: str) -> str:
    """Return a tag as it is stored: lower case, with hyphens between its words (`Op Amp` is `op-amp`).

    Raises:
        ValueError: nothing is left of it, or it is no text of a line.
    """
    tag = _BETWEEN_WORDS.sub("-", unicodedata.normalize("NFKC", word).lower()).strip("-")
    if not any(letter.isalnum() for letter in tag) or not tag.isprintable():
        raise ValueError("a tag needs a letter or a digit, and no control characters")
    if len(tag) > MAX_TAG:
        raise ValueError(f"a tag has at most {MAX_TAG} characters")
    return tag


TagWord = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TAG), AfterValidator(normalised)]
"A tag in whatever case and spelling of its gaps."


class TagQuery(Dto):
    """Which tags to list."""

    prefix: TagWord | None = Field(None, description="Only tags, or tags with a synonym, that begin so.")
    limit: Annotated[int, Field(ge=1, le=1000)] = 1000


class TagOut(Dto):
    """A tag as the API shows it."""

    name: str
    parts: int
    "how many parts have it, retired ones included"
    synonyms: tuple[str, ...]
    links: dict[str, str]


class TagList(Dto):
    """The vocabulary and the user's own tags, by name."""

    tags: tuple[TagOut, ...]


class RenameTag(Dto):
    """What a tag is to be called from now on."""

    name: TagWord


class MergeTag(Dto):
    """The tag that parts are to have instead."""

    into: TagWord


class NewSynonym(Dto):
    """Another word for a tag."""

    synonym: TagWord
