"""Finding parts by words."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from models.search_document import STEMS
from schemas.search import HitKind
from services.search.asking import Question
from services.search.frequencies import Frequencies, indexed
from services.search.terms import Stems, Term, all_of

_RANK: Final = "ts_rank(CAST('{{0.1,0.3,0.6,1.0}}' AS real[]), words, query)"
"Of D, C, B and A."
_CHECKED: Final = "ts_match_vq(words, query)"
"What @@ calls; the planner looks up only @@ in the index."
_FREQUENT: Final = 0.005
"The share of all rows from which on some are among the first blocks."
_FIRST: Final = f"ctid < CAST('(128,0)' AS tid) AND {_CHECKED}"
"The first blocks of the table, about two thousand rows."


def _stage(query: str, wanted: str, where: str) -> str:
    """Return a part of the statement; the query is made once, not for each row, and not if it is not wanted."""
    return f"""
    SELECT id4, {_RANK} AS closeness
    FROM (SELECT {query} AS query WHERE {wanted} OFFSET 0) AS asked, search_documents
    WHERE {where} AND {{among}} LIMIT {{words}}
    """


_WHOLE, _BEGUN = f"to_tsquery('{STEMS}', :whole)", "CAST(:begun AS tsquery)"
_WORDS: Final = f"""
WITH first_whole AS MATERIALIZED ({_stage(_WHOLE, "CAST(:whole_is_frequent AS bool)", _FIRST)}),
whole AS MATERIALIZED (
    {
    _stage(
        _WHOLE,
        "(SELECT count(*) FROM first_whole) < :enough",
        f"words @@ to_tsquery('{STEMS}', :some_whole) AND {_CHECKED}",
    )
}
),
with_whole AS MATERIALIZED (SELECT * FROM first_whole UNION ALL SELECT * FROM whole),
first_begun AS MATERIALIZED (
    {_stage(_BEGUN, "CAST(:begun_is_frequent AS bool) AND (SELECT count(*) FROM with_whole) < :enough", _FIRST)}
),
found AS MATERIALIZED (SELECT * FROM with_whole UNION ALL SELECT * FROM first_begun),
begun AS ({
    _stage(_BEGUN, "(SELECT count(*) FROM found) < :enough", f"words @@ CAST(:some_begun AS tsquery) AND {_CHECKED}")
})
SELECT id4, CAST(:kind AS text) AS kind, closeness FROM found UNION ALL SELECT id4, :kind, closeness FROM begun
"""
"""Whole words, and beginnings of words only where these are too few.

An index reads all places of a frequent word before it returns the first row. So words that are frequent together are
looked for in the first blocks of the table. Else the index is asked for the rare words alone, and the rows that it
returns are checked for the others.
"""
ANY: Final = Question(
    f"SELECT id4, '{HitKind.FILTER}' AS kind FROM search_documents WHERE {{among}} LIMIT {{words}}", {}
)
"The question for parts that keep to the filters, whatever their words."


class Words:
    """The question about words, and what is known of them."""

    def __init__(self, stems: Stems, frequencies: Frequencies) -> None:
        self._stems = stems
        self._frequencies = frequencies

    def all(self, terms: Sequence[Term], kind: HitKind = HitKind.WORDS, *, enough: int) -> Question:
        """Return the question for parts with all terms, as whole words, or if these are not enough as beginnings."""
        whole = {term.whole(): (self._frequencies.of_whole(term, self._stems), term.lexemes) for term in terms}
        begun = {term.begun(self._stems): (self._frequencies.of_begun(term), term.lexemes) for term in terms}
        given = {"kind": kind.value, "enough": enough, "whole": all_of(whole), "begun": all_of(begun)}
        given |= {"some_whole": all_of(indexed(whole)), "whole_is_frequent": _are_frequent(whole)}
        given |= {"some_begun": all_of(indexed(begun)), "begun_is_frequent": _are_frequent(begun)}
        return Question(_WORDS, given)


def _are_frequent(terms: Mapping[str, tuple[float, int]]) -> bool:
    return math.prod(share for share, _ in terms.values()) >= _FREQUENT
