"""Misspelt words, and the words of the inventory that they may be."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.search.terms import Term
from services.search.text import LAST

_FEWEST_LETTERS: Final = 3
_LONG: Final = 8
"From so many letters on, a word may have two slips."


def _nearest(slips: int, length: str) -> str:
    """Return the part of a statement that finds the words up to so many slips from one that was typed."""
    return f"""
        SELECT known.word FROM search_words AS known
        WHERE length(typed.word) {length} AND search_deletions(known.word, 2) && search_deletions(typed.word, {slips})
            AND search_slips(known.word, typed.word) <= {slips}
        GROUP BY known.word ORDER BY search_slips(known.word, typed.word), sum(known.parts) DESC, known.word LIMIT 3
    """


_NEAREST: Final = text(
    f"""
    SELECT typed.word, ARRAY({_nearest(1, f"< {_LONG}")}) || ARRAY({_nearest(2, f">= {_LONG}")})
    FROM unnest(CAST(:words AS text[])) AS typed (word)
    WHERE NOT EXISTS (
        SELECT FROM search_words
        WHERE kind IN ('word', 'tag', 'maker') AND word >= typed.word AND word < typed.word || '{LAST}'
    )
    """
)
_COUNTED: Final = text(
    """
    SELECT (SELECT coalesce(max(parts), 0) FROM search_words
        WHERE kind IN ('word', 'tag', 'maker') AND word = ANY (string_to_array(typed.words, ' ')))
    FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS typed (words, place) ORDER BY place
    """
)


def corrected(session: Session, terms: Sequence[Term]) -> tuple[tuple[Term, ...], dict[str, str]]:
    """Return terms in which misspelt words stand for their nearest spellings, and the nearest of each."""
    words = [term.text for term in terms if _may_be_misspelt(term)]
    meant = {word: near for word, near in session.execute(_NEAREST, {"words": words}) if near} if words else {}
    new = (
        term._replace(alternatives=tuple((word,) for word in meant[term.text])) if term.text in meant else term
        for term in terms
    )
    return tuple(new), {word: near[0] for word, near in meant.items()}


def _may_be_misspelt(term: Term) -> bool:
    word = term.text
    letters = sum(map(str.isalpha, word))
    return not term.codes and len(term.alternatives) == 1 and letters >= _FEWEST_LETTERS and word.isalnum()


def rarest(session: Session, terms: Sequence[Term]) -> tuple[Term, ...]:
    """Return terms, those that the fewest parts have first."""
    counts = session.scalars(_COUNTED, {"words": [" ".join(term.words) for term in terms]})
    return tuple(term for _, term in sorted(zip(counts, terms, strict=True), key=lambda each: each[0]))
