"""Proposing again: what a person decided, or what waits already, is not asked a second time."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Part, Suggestion
from schemas.evidence import Evidence
from schemas.suggestion import SuggestionField, SuggestionState
from services.suggestion.service import SuggestionService, may_fill


class RepeatedService:
    """For pipelines that come back to a part; a field has at most one suggestion that waits."""

    @staticmethod
    def propose(
        session: Session,
        part: Part,
        field: SuggestionField,
        value: Any,
        *,
        run_id: UUID,
        confidence: float,
        evidence: Sequence[Evidence],
        accept_from: float | None,
        replaces: bool = True,
    ) -> bool:
        """Propose a value as `SuggestionService.propose` does, unless it waits already; return whether it waits newly.

        One that waits for the field with another value is superseded.
        """
        is_sure = accept_from is not None and confidence >= accept_from
        fills = is_sure and may_fill(session, part, field, value, replaces=replaces)
        if not fills and any(_covers(each.value, value) for each in _open(session, part, field)):
            return False
        suggestion = SuggestionService.propose(
            session,
            part,
            field,
            value,
            run_id=run_id,
            confidence=confidence,
            evidence=evidence,
            accept_from=accept_from,
            replaces=replaces,
        )
        return suggestion.state == SuggestionState.PROPOSED

    @staticmethod
    def list_accepted_words(session: Session, part_id4: str, field: SuggestionField) -> set[str]:
        """Return all tags, or types, that were ever accepted for a part, by a person or a machine."""
        values = session.scalars(
            select(Suggestion.value).where(
                Suggestion.part_id4 == part_id4,
                Suggestion.field == field,
                Suggestion.state == SuggestionState.ACCEPTED,
            )
        )
        return {word for value in values for word in ([value] if isinstance(value, str) else value)}


def _open(session: Session, part: Part, field: SuggestionField) -> list[Suggestion]:
    waiting = (Suggestion.state == SuggestionState.PROPOSED, Suggestion.field == field)
    return list(session.scalars(select(Suggestion).where(Suggestion.part_id4 == part.id4, *waiting)))


def _covers(waiting: Any, value: Any) -> bool:
    if isinstance(value, str):
        return bool(waiting == value)
    return set(value) <= set(waiting)
