"""The search."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import SearchDocument
from schemas.errors import Unavailable
from schemas.search import Fragment, HitKind
from services.search.asking import Question, Scope
from services.search.filters import conditions, take_filters
from services.search.frequencies import frequencies_of
from services.search.numbers import Numbers
from services.search.opening import opening, with_other_names
from services.search.pages import on_pages, pieces_of
from services.search.places import in_place, with_letters
from services.search.ranking import Match, best
from services.search.reasons import Reasons
from services.search.showing import Shown, shown
from services.search.spelling import corrected, rarest
from services.search.terms import Term, read_terms
from services.search.text import readable
from services.search.words import ANY, Words

_CERTAIN: Final = (HitKind.ID4, HitKind.SLOT, HitKind.NUMBER, HitKind.SEPARATORS, HitKind.MISREAD)
_NEARER_THAN_SLIPS: Final = (*_CERTAIN, HitKind.BEGINNING, HitKind.MISREAD_BEGINNING, HitKind.BASE)
_BY_WORDS: Final = (HitKind.WORDS, HitKind.SPELLING)
_MOST_LEFT_OUT: Final = 4
_RETRY_SECONDS: Final = 5


class Found(NamedTuple):
    """A part that was found, with what is shown of it, and why it was found."""

    part: Shown
    why: HitKind
    fragments: Sequence[Fragment]


class SearchAnswer(NamedTuple):
    """What was found, and else what to ask instead."""

    found: Sequence[Found]
    more: bool
    did_you_mean: str | None = None
    without: str | None = None
    instead: str | None = None


class SearchService:
    """Asks the index step by step: later questions, which cost more, only while nothing better was found."""

    @staticmethod
    def find(session: Session, query: str, *, limit: int, seconds: float) -> SearchAnswer:
        """Return the parts that a query means, the best first.

        Raises:
            InvalidInput: a filter has a value that it cannot have.
            Unavailable: the search took longer than `seconds`.
        """
        try:
            return _Search(session, query, limit, seconds).results()
        except OperationalError as error:
            if isinstance(error.orig, QueryCanceled):
                message = f"the search took over {seconds:g} s; ask for more words, or for part of a number"
                raise Unavailable(message, retry_after=_RETRY_SECONDS) from error
            raise


class _Search:
    def __init__(self, session: Session, query: str, limit: int, seconds: float) -> None:
        self._session = session
        self._limit = limit
        self._text, self._filters = take_filters(readable(query))
        terms = read_terms(self._text)
        self._known = opening(session, terms, seconds)
        self._terms = with_other_names(terms, self._known)
        self._scope = Scope(session, tuple(conditions(session, self._filters)))
        self._numbers = Numbers(self._text)
        self._stems = dict(self._known.stems)
        self._words = Words(self._stems, frequencies_of(session, SearchDocument.__tablename__))
        self._enough = limit + 1
        self._did_you_mean: str | None = None

    def results(self) -> SearchAnswer:
        found = best(self._matches())
        if found or not self._terms:
            return SearchAnswer(self._described(found), len(found) > self._limit, self._did_you_mean)
        without, instead = self._shorter()
        return SearchAnswer((), more=False, did_you_mean=self._did_you_mean, without=without, instead=instead)

    def _matches(self) -> list[Match]:
        if not self._text:
            return self._scope.ask(ANY) if self._filters else []
        found = self._named() + self._scope.ask(self._numbers.alike(), *self._with_words(self._terms))
        kinds = Counter(each.kind for each in found)
        if any(kinds[kind] for kind in _CERTAIN):
            return found
        if sum(kinds[kind] for kind in _NEARER_THAN_SLIPS) < self._enough and self._numbers.is_likely:
            alone = " " not in self._text
            two, inside = alone and not kinds[HitKind.WORDS], alone and len(found) < self._enough
            found += self._scope.ask(self._numbers.near(two=two, inside=inside))
        # Letters alone may be near a number, and be a word all the same.
        is_word = self._text.isalpha() and not kinds[HitKind.WORDS]
        if not found or (is_word and len(found) < self._enough):
            found += self._spelt()
        return found or self._scope.ask(on_pages(self._session, self._text, enough=self._enough))

    def _named(self) -> list[Match]:
        lettered = with_letters(self._session, self._scope, self._text)
        return lettered + in_place(self._session, self._scope, self._text)

    def _with_words(self, terms: Sequence[Term], kind: HitKind = HitKind.WORDS) -> list[Question]:
        return [self._words.all(terms, kind, enough=self._enough)] if terms else []

    def _spelt(self) -> list[Match]:
        terms, meant, stems = corrected(self._session, self._terms)
        if not meant:
            return []
        self._did_you_mean = " ".join(meant.get(term.text, term.text) for term in self._terms)
        self._terms = terms
        self._stems |= stems
        return self._scope.ask(*self._with_words(terms, HitKind.SPELLING))

    def _shorter(self) -> tuple[str | None, str | None]:
        """Return the word without which something is found, the rarest first, and the query without it."""
        if len(self._terms) > 1:
            for term in rarest(self._session, self._terms)[:_MOST_LEFT_OUT]:
                others = [each for each in self._terms if each is not term]
                if self._scope.ask(self._words.all(others, enough=1)):
                    return term.text, " ".join(each.text for each in others)
        return None, None

    def _described(self, found: dict[str, tuple[float, Match]]) -> list[Found]:
        scores = {id4: score for id4, (score, _) in found.items()}
        around = any(each.kind in _BY_WORDS for _, each in found.values())
        parts = shown(self._session, scores, limit=self._limit, around=around)
        matches = [found[part.id4][1] for part in parts]
        pieces = pieces_of(self._session, self._text, matches)
        reasons = Reasons(self._numbers.key, self._terms, self._stems)
        return [
            Found(part, each.kind, (pieces[part.id4],) if part.id4 in pieces else reasons.of(part, each.kind))
            for part, each in zip(parts, matches, strict=True)
        ]
