"""Reasons: the fields of a part in which a query was found, with the places."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from schemas.search import Fragment, HitKind, SearchField
from schemas.value import find_values
from services.search.showing import Shown
from services.search.terms import Stems, Term
from services.search.text import indexed_lexemes, plain

_OF_NUMBERS: Final = frozenset(
    {
        HitKind.NUMBER, HitKind.SEPARATORS, HitKind.MISREAD, HitKind.BEGINNING, HitKind.MISREAD_BEGINNING, HitKind.BASE,
        HitKind.ONE_SLIP, HitKind.TWO_SLIPS, HitKind.FAMILY, HitKind.INFIX,
    }
)  # fmt: skip
_MOST: Final = 4
_SHORTEST_BEGINNING: Final = 2
_SHORTEST_STEM: Final = 3

type Span = tuple[int, int]


class Reasons:
    """Finds, in the texts of a part, what was asked for."""

    def __init__(self, key: str, terms: Sequence[Term], stems: Stems) -> None:
        self._key = key
        self._values = {code for term in terms for code in term.codes}
        words = sorted({word for term in terms for word in term.words}, key=len, reverse=True)
        self._word = re.compile("|".join(_marked(word, stems) for word in words)) if words else None

    def of(self, part: Shown, kind: HitKind) -> list[Fragment]:
        """Return the fields in which a part was found, the one that tells most first."""
        fragments = []
        for field, text in _texts(part):
            spans = [*self._words(text), *self._same_values(text)]
            if field is SearchField.MANUFACTURER_CODE:
                spans += _number(text, self._key)
            if spans or (field is SearchField.MANUFACTURER_CODE and kind in _OF_NUMBERS):
                fragments.append(Fragment(field=field, text=text, marks=_joined(spans)))
        return fragments[:_MOST]

    def _words(self, text: str) -> Iterator[Span]:
        yield from (found.span() for found in self._word.finditer(plain(text))) if self._word else ()

    def _same_values(self, text: str) -> Iterator[Span]:
        for found in find_values(text) if self._values else ():
            if self._values.intersection(indexed_lexemes(found.value)):
                yield found.start, found.start + len(found.text)


def _marked(word: str, stems: Stems) -> str:
    """Return the pattern of the words of a text that begin with a word or its stem."""
    if len(word) < _SHORTEST_BEGINNING:
        return rf"\b{word}\b"
    stem = stems.get(word, word)
    begun = stem if len(stem) >= _SHORTEST_STEM else word
    # The stem of supply is suppli.
    return rf"\b(?:{word}|{begun[:-1]}{'[iy]' if begun.endswith('i') else begun[-1]})[^\W_]*"


def _texts(part: Shown) -> Iterable[tuple[SearchField, str]]:
    own = (
        (SearchField.MANUFACTURER_CODE, part.manufacturer_code),
        (SearchField.DESCRIPTION, part.description),
        (SearchField.MANUFACTURER, part.manufacturer),
        (SearchField.TYPE, part.type),
        (SearchField.TAGS, ", ".join(part.tags)),
        (SearchField.SELLERS, part.seller),
        *((SearchField(field), text) for field, text in part.around),
    )
    return ((field, text) for field, text in own if text)


def _number(code: str, key: str) -> Iterator[Span]:
    """Yield where a key stands in a number, whatever the separators."""
    places = [place for place, character in enumerate(code) if character.isalnum()]
    start = "".join(code[place] for place in places).upper().find(key) if key else -1
    if start >= 0:
        yield places[start], places[start + len(key) - 1] + 1


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
