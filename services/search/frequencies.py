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


def rarest(shares: Mapping[str, float]) -> Sequence[str]:
    """Return the words or terms that are rare, or if none is, the two rarest."""
    ordered = sorted(shares, key=lambda word: shares[word])
    return [word for word in ordered if shares[word] < RARE] or ordered[:2]


_kept: dict[tuple[URL, str], tuple[float, Frequencies]] = {}


def frequencies_of(session: Session, relation: str) -> Frequencies:
    """Return the frequencies of the words of a table, as of the last minute; they only say what is asked first."""
    key = session.get_bind().engine.url, relation
    read, found = _kept.get(key, (-math.inf, Frequencies({})))
    if time.monotonic() - read >= _SECONDS:
        shares: dict[str, float] = dict(session.execute(_SHARES, {"relation": relation}).all())
        _kept[key] = time.monotonic(), (found := Frequencies(shares))
    return found
