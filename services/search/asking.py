"""Asking the index: each question has a limit, and looks the same whatever is asked.

A statement that always looks the same is planned once for a connection; planning takes longer than most answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ARRAY, CHAR, ColumnElement, any_, literal, select
from sqlalchemy.orm import Session

from models import Part
from schemas.search import HitKind
from services.search.ranking import Match
from services.search.statement import Statement

_MOST_KEPT: Final = 2000
"Parts that keep to the filters, up to which the questions are about these alone."
_LIMITS: Final = {"numbers": 60, "words": 100}

type Conditions = Sequence[ColumnElement[bool]]


class Question(NamedTuple):
    """A statement that finds parts, as rows of a match, and what is given to it.

    In its text `{among}` is a condition on `id4`, and `{numbers}` and `{words}` are limits.
    """

    text: str
    given: Mapping[str, Any]


class Scope:
    """The parts that keep to the filters of a query: all, few that are known by their letters, or many."""

    def __init__(self, session: Session, conditions: Conditions) -> None:
        self._session = session
        self._conditions = conditions
        self._few: Sequence[str] | None = None
        if conditions:
            kept = session.scalars(select(Part.id4).where(*conditions).limit(_MOST_KEPT + 1)).all()
            self._few = kept if len(kept) <= _MOST_KEPT else None
        # Of many that keep to the filters, those that do not are left out afterwards.
        self._many = bool(conditions) and self._few is None

    def ask(self, *questions: Question) -> list[Match]:
        """Return what questions, asked as one statement, find among these parts."""
        asked = _statement(tuple(each.text for each in questions), few=self._few is not None, many=self._many)
        given = {name: value for each in questions for name, value in each.given.items()}
        rows = asked.ask(self._session, given if self._few is None else {**given, "among": self._few})
        found = [Match(id4, _KINDS[kind], *more) for id4, kind, *more in rows]
        if not self._many:
            return found
        kept = self.keep(each.id4 for each in found)
        return [each for each in found if each.id4 in kept]

    @property
    def is_all(self) -> bool:
        """Whether all parts are asked for."""
        return not self._conditions

    def keep(self, ids: Iterable[str]) -> set[str]:
        """Return those of some parts that keep to the filters."""
        if not self._conditions:
            return set(ids)
        some = Part.id4 == any_(literal([*ids], ARRAY(CHAR(4))))
        return set(self._session.scalars(select(Part.id4).where(some, *self._conditions)))


_KINDS: Final = {kind.value: kind for kind in HitKind}


@lru_cache
def _statement(questions: Sequence[str], *, few: bool, many: bool) -> Statement:
    among = "id4 = ANY (CAST(:among AS char(4)[]))" if few else "true"
    limits = {name: _MOST_KEPT if many else most for name, most in _LIMITS.items()}
    return Statement(" UNION ALL ".join(f"({each})" for each in questions).format(among=among, **limits))
