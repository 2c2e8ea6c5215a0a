"""Misspelt words, and the words of the inventory that they may be."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from models.search_document import STEMS
from services.search.statement import Statement
from services.search.terms import Stems, Term
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


_NEAREST: Final = Statement(
    f"""
    SELECT typed.word, near, ARRAY(SELECT (ts_lexize('{STEMS}_stem', word))[1] FROM unnest(near) AS word) AS stems
    FROM unnest(CAST(:words AS text[])) AS typed (word), LATERAL (
        SELECT ARRAY({_nearest(1, f"< {_LONG}")}) || ARRAY({_nearest(2, f">= {_LONG}")}) AS near
    ) AS found
    WHERE near <> '{{}}' AND NOT EXISTS (
        SELECT FROM search_words
        WHERE kind IN ('word', 'tag', 'maker') AND word >= typed.word AND word < typed.word || '{LAST}'
    )
    """
)
_COUNTED: Final = Statement(
    """
    SELECT (SELECT coalesce(max(parts), 0) FROM search_words
        WHERE kind IN ('word', 'tag', 'maker') AND word = ANY (string_to_array(typed.words, ' ')))
    FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS typed (words, place) ORDER BY place
    """
)


class Corrected(NamedTuple):
    """Terms in which misspelt words stand for their nearest spellings."""

    terms: tuple[Term, ...]
    meant: Mapping[str, str]
    "the nearest spelling of each misspelt word"
    stems: Stems
    "of all spellings"


def corrected(session: Session, terms: Sequence[Term]) -> Corrected:
    """Return terms with the nearest spellings of misspelt words."""
    words = [term.text for term in terms if _may_be_misspelt(term)]
    rows = _NEAREST.ask(session, {"words": words}).all() if words else ()
    near = {row.word: row.near for row in rows}
    new = (
        term._replace(alternatives=tuple((word,) for word in near[term.text])) if term.text in near else term
        for term in terms
    )
    stems = {word: stem for row in rows for word, stem in zip(row.near, row.stems, strict=True)}
    return Corrected(tuple(new), {word: first for word, (first, *_) in near.items()}, stems)


def _may_be_misspelt(term: Term) -> bool:
    word = term.text
    letters = sum(map(str.isalpha, word))
    return not term.codes and len(term.alternatives) == 1 and letters >= _FEWEST_LETTERS and word.isalnum()


def rarest(session: Session, terms: Sequence[Term]) -> tuple[Term, ...]:
    """Return terms, those that the fewest parts have first."""
    counts = _COUNTED.ask(session, {"words": [" ".join(term.words) for term in terms]}).scalars()
    return tuple(term for _, term in sorted(zip(counts, terms, strict=True), key=lambda each: each[0]))
