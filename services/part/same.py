"""The search for the part that a new one may be another bag of."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models import Part, Suggestion
from schemas.company import MANUFACTURERS
from schemas.part_number import canonical_key
from schemas.suggestion import PartMatch, SuggestionField, SuggestionState
from services.identification import families

_MOST = 5


class SamePart(NamedTuple):
    """A part that another one may be, and why."""

    part: Part
    match: PartMatch
    run: UUID | None = None
    "the earlier run of the same photo"

    @property
    def is_sure(self) -> bool:
        """Whether both are one part by the number alone."""
        return self.match == PartMatch.SAME_NUMBER


class SamePartService:
    """Compares by canonical key and by base number; numbers that are merely near are left to PartDuplicateService."""

    @staticmethod
    def list(session: Session, part: Part) -> Sequence[SamePart]:
        """Return the parts that a part may be, those of the same number first; retired ones are left out."""
        number = part.manufacturer_code
        if number is None:
            return []
        candidates = session.scalars(
            select(Part)
            .where(_is_candidate(number), Part.id4 != part.id4, Part.merged_into.is_(None), Part.retired_at.is_(None))
            .order_by(Part.id4)
        )
        found = [SamePart(each, match) for each in candidates if (match := _match(part, each))]
        return sorted(found, key=lambda same: not same.is_sure)[:_MOST]

    @staticmethod
    def find_question(session: Session, run_id: UUID) -> Suggestion | None:
        """Return the question of a run whether its part is another one, unless it was answered with no."""
        asked = select(Suggestion).where(Suggestion.run_id == run_id, Suggestion.field == SuggestionField.SAME_PART)
        standing = Suggestion.state.in_((SuggestionState.ACCEPTED, SuggestionState.PROPOSED))
        return session.scalar(asked.where(standing).order_by(Suggestion.state, Suggestion.id).limit(1))

    @staticmethod
    def list_questions(session: Session, id4: str, other: str) -> Sequence[Suggestion]:
        """Return the questions, open and answered, whether one part is another one."""
        return session.scalars(
            select(Suggestion).where(
                Suggestion.part_id4 == id4,
                Suggestion.field == SuggestionField.SAME_PART,
                Suggestion.value["part"].astext == other,
            )
        ).all()


def _is_candidate(number: str) -> ColumnElement[bool]:
    key = canonical_key(number)
    # Every character of a key sorts before ~, so all keys with this prefix lie between the prefix and itself with a ~.
    longer = and_(Part.code_order >= key, Part.code_order < f"{key}~")
    return or_(Part.canonical_key.in_([key, *families(number)]), longer)


def _match(part: Part, other: Part) -> PartMatch | None:
    number, others = part.manufacturer_code or "", other.manufacturer_code or ""
    if not MANUFACTURERS.are_compatible(part.manufacturer, other.manufacturer):
        return None
    if canonical_key(number) == canonical_key(others):
        return PartMatch.SAME_NUMBER
    is_base = canonical_key(others) in families(number) or canonical_key(number) in families(others)
    return PartMatch.BASE_NUMBER if is_base else None
