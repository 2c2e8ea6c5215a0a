"""The first statement of a search: its settings, and what is known of its words."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from models.search_document import STEMS
from services.search.names import Names, names_of
from services.search.statement import Statement
from services.search.terms import Stems, Term
from services.search.text import words_of

_OPENING: Final = Statement(
    f"""
    SELECT set_config('statement_timeout', :timeout, true),
        -- A plan for any text is as good as one for this text, and takes half the time to make.
        set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true),
        ARRAY(
            SELECT ARRAY[word, (ts_lexize('{STEMS}_stem', word))[1]] FROM unnest(CAST(:words AS text[])) AS word
        ) AS stems,
        ARRAY(SELECT ARRAY[synonym, tag] FROM tag_synonyms WHERE synonym = ANY (CAST(:phrases AS text[]))) AS tags,
        concat_ws(' ', (SELECT sum(hashtextextended(name, id)) FROM types),
            (SELECT sum(hashtextextended(name, id)) FROM projects)) AS names
    """
)


class Opening(NamedTuple):
    """What the database knows of the words of a query."""

    stems: Stems
    "of words of letters"
    tags: Sequence[tuple[str, str]]
    "synonyms that were typed, each with its tag"
    names: Names


def opening(session: Session, terms: Sequence[Term], seconds: float) -> Opening:
    """Set how the statements that follow are planned and how long they may take, and look up the words."""
    words = sorted({word for term in terms for word in term.words if word.isalpha()})
    given = {"timeout": str(round(seconds * 1000)), "words": words, "phrases": [term.text for term in terms]}
    row = _OPENING.ask(session, given).one()
    return Opening(dict(row.stems), row.tags, names_of(session, row.names))


def with_other_names(terms: Sequence[Term], known: Opening) -> tuple[Term, ...]:
    """Return terms with the tags that they are synonyms of, and the types and projects that are called so."""
    return tuple(_with_other_names(term, known) for term in terms)


def _with_other_names(term: Term, known: Opening) -> Term:
    tags = (words_of(tag) for synonym, tag in known.tags if synonym == term.text)
    called: set[str] = set().union(*map(known.names.called, term.alternatives))
    return term._replace(
        alternatives=tuple(dict.fromkeys((*term.alternatives, *tags))), codes=(*term.codes, *sorted(called))
    )
