"""Deciding on several suggestions at once."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Suggestion
from models.locks import Lock, hold
from schemas.decision import DecideOne
from schemas.errors import DomainError, InvalidInput
from schemas.suggestion import SuggestionField
from services.part import PartLockService

_ORDER = (
    SuggestionField.PART_NUMBER,
    SuggestionField.TAGS,
    SuggestionField.TYPE,
    SuggestionField.STOCK,
    SuggestionField.DATASHEET,
    SuggestionField.SAME_PART,
)
"The order of the locks that decisions take."


class Outcome(NamedTuple):
    """What became of one of several decisions."""

    asked: DecideOne
    suggestion: Suggestion | None
    refused: DomainError | None


class SuggestionBulkService:
    """Decides in the order of the locks, and answers in the order in which it was asked."""

    @staticmethod
    def carry_out(
        session: Session,
        decisions: Sequence[DecideOne],
        *,
        all_or_nothing: bool,
        decide: Callable[[DecideOne], Suggestion],
    ) -> list[Outcome]:
        """Decide on several suggestions; all or nothing raises the first refusal, which names its suggestion.

        `decide` makes each decision; what it does for one that is refused is undone.

        Raises:
            InvalidInput: a suggestion is named twice.
            DomainError: a decision is refused, and it is all or nothing.
        """
        ids = [each.suggestion for each in decisions]
        if len(set(ids)) < len(ids):
            raise InvalidInput("a suggestion is named twice; name each once", field="decisions")
        found = {each.id: each for each in session.scalars(select(Suggestion).where(Suggestion.id.in_(ids)))}
        _lock(session, found.values())
        outcomes: dict[int, Outcome] = {}
        for asked in sorted(decisions, key=lambda one: _place(found.get(one.suggestion))):
            outcome = _decided(session, asked, decide)
            if outcome.refused is not None and all_or_nothing:
                outcome.refused.details["suggestion"] = asked.suggestion
                raise outcome.refused
            outcomes[asked.suggestion] = outcome
        return [outcomes[each] for each in ids]


def _lock(session: Session, suggestions: Collection[Suggestion]) -> None:
    merged = {str(each.value["part"]) for each in suggestions if each.field == SuggestionField.SAME_PART}
    if merged:
        hold(session, Lock.PART_MERGES)
    PartLockService.lock(session, {each.part_id4 for each in suggestions} | merged)


def _place(suggestion: Suggestion | None) -> tuple[int, str, int]:
    if suggestion is None:
        return -1, "", 0
    slot = suggestion.value.get("slot") if suggestion.field == SuggestionField.STOCK else None
    return _ORDER.index(suggestion.field), slot or "", suggestion.id


def _decided(session: Session, asked: DecideOne, decide: Callable[[DecideOne], Suggestion]) -> Outcome:
    try:
        with session.begin_nested():
            return Outcome(asked, decide(asked), None)
    except DomainError as refused:
        return Outcome(asked, None, refused)
