"""The names of types and projects, kept in memory while the database has the same."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.search.text import words_of

_SHORTEST: Final = 3
_AFTER: Final = "\U0010ffff"
"Every character sorts before it."
_NAMES: Final = text("SELECT 'qt' || id, name FROM types UNION ALL SELECT 'qp' || id, name FROM projects")


class Names:
    """Names by their words; each has the lexeme by which it stands in what is searched."""

    def __init__(self, names: dict[str, str]) -> None:
        self._words = sorted({(word, lexeme) for lexeme, name in names.items() for word in words_of(name)})

    def called(self, words: tuple[str, ...]) -> set[str]:
        """Return the lexemes of names in which each word begins one, whatever its plural."""
        found = [set(self._begun(_singular(word))) if len(word) >= _SHORTEST else set() for word in words]
        return set.intersection(*found) if found else set()

    def _begun(self, word: str) -> Iterator[str]:
        begins, ends = (bisect_left(self._words, (end,)) for end in (word, word + _AFTER))
        yield from (lexeme for _, lexeme in self._words[begins:ends])


_kept: dict[str, Names] = {}


def names_of(session: Session, checksum: str) -> Names:
    """Return all names; they are read again when their checksum differs from that of those in memory."""
    names = _kept.get(checksum)
    if names is None:
        names = Names(dict(session.execute(_NAMES).all()))
        _kept.clear()
        _kept[checksum] = names
    return names


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > _SHORTEST else word
