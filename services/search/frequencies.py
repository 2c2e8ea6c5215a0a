"""How frequent words are, by the statistics that the planner of the database keeps anyway."""

import math
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import URL, text
from sqlalchemy.orm import Session

from services.search.terms import Stems, Term
from services.search.text import LAST

RARE: Final = 0.01
"The share of all rows up to which a word is rare."
_LEAST: Final = 0.001
"The share that a rare word is taken to have."
_PLACE, _ROW = 4, 120
"What it costs to read a place of a term in an index, besides one for each lexeme, and to check a row."
_TOGETHER: Final = 0.7
"The share of the rows left that have one more word: words that are asked for together often stand together."
_SECONDS: Final = 60.0
_SHARES: Final = text(
    """
    SELECT each.word, each.share
    FROM pg_stats, unnest(CAST(CAST(most_common_elems AS text) AS text[]), most_common_elem_freqs) AS each (word, share)
    WHERE schemaname = current_schema AND tablename = :relation AND attname = 'words' AND each.word IS NOT NULL
    """
)
"After the frequencies come the least, the greatest and that of nulls, which have no word."


class Frequencies:
    """The share of the rows of a table that have each of its most frequent words."""

    def __init__(self, shares: Mapping[str, float]) -> None:
        self._shares = shares
        self._words = sorted(shares)

    def of_whole(self, term: Term, stems: Stems) -> float:
        """Return about which share has a term, as whole words; 0 if it is rare."""
        return self._of(term, lambda word: max(self.of_words((word, stems.get(word, word))).values()))

    def of_words(self, words: Iterable[str]) -> dict[str, float]:
        """Return the share of each of some words as they are indexed; 0 if it is rare."""
        return {word: self._shares.get(word, 0.0) for word in words}

    def of_begun(self, term: Term) -> float:
        """Return about which share has words that begin so."""
        return self._of(term, self._begun)

    def _of(self, term: Term, share: Callable[[str], float]) -> float:
        whole = sum(self._shares.get(code, 0.0) for code in term.codes)
        return whole + sum(min(map(share, words), default=0.0) for words in term.alternatives)

    def _begun(self, word: str) -> float:
        begins, ends = (bisect_left(self._words, end) for end in (word, word + LAST))
        return sum(self._shares[each] for each in self._words[begins:ends])


def indexed(terms: Mapping[str, tuple[float, int]]) -> Sequence[str]:
    """Return the terms to ask the index for, of some with their shares and numbers of lexemes, the rarest first.

    The rows that it finds are checked for the others, which costs less when they are few, or when a term has many
    lexemes, whose places the index merges.
    """
    ordered = sorted(terms, key=lambda term: terms[term][0])
    left = max(_LEAST, terms[ordered[0]][0])
    chosen = ordered[:1]
    for term in ordered[1:]:
        share, lexemes = terms[term]
        if share * (_PLACE + lexemes) <= _ROW * left:
            chosen.append(term)
            left *= _TOGETHER
    return chosen


_kept: dict[tuple[URL, str], tuple[float, Frequencies]] = {}


def frequencies_of(session: Session, relation: str) -> Frequencies:
    """Return the frequencies of the words of a table, as of the last minute; they only say what is asked first."""
    key = session.get_bind().engine.url, relation
    read, found = _kept.get(key, (-math.inf, Frequencies({})))
    if time.monotonic() - read >= _SECONDS:
        shares: dict[str, float] = dict(session.execute(_SHARES, {"relation": relation}).all())
        _kept[key] = time.monotonic(), (found := Frequencies(shares))
    return found
