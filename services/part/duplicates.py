"""The search for parts that may be the same."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session

from models import Part
from schemas.company import MANUFACTURERS
from schemas.part import DuplicateReason
from schemas.part_number import canonical_key, loose_key

_MOST = 5
_NEAR = 0.6
"The least similarity of two numbers that may be the same, by the trigrams that they share."
_SHORTEST_STEM = 4
"The least length in letters and digits; a number that begins with another may be the same part in another package."


class Duplicate(NamedTuple):
    """A part that may be the same, with the reason."""

    part: Part
    reason: DuplicateReason
    similarity: float


class PartDuplicateService:
    """Warns of duplicates; only a person knows whether NE555P and NE555PE4 are one part here."""

    @staticmethod
    def list(
        session: Session, code: str, manufacturer: str | None = None, *, without: str | None = None
    ) -> Sequence[Duplicate]:
        """Return parts that may match a number and a maker, most likely first, retired ones included."""
        key = loose_key(code)
        # The operator that uses the index reads this setting, which lasts until the transaction ends.
        session.execute(text(f"SET LOCAL pg_trgm.similarity_threshold = {_NEAR}"))
        similarity = func.similarity(Part.loose_key, key)
        near = (
            select(Part, similarity)
            .where(_is_near(key), Part.merged_into.is_(None), Part.id4 != (without or ""))
            .order_by(similarity.desc(), Part.id4)
            .limit(_MOST)
        )
        found = [Duplicate(part, _reason(part, code, manufacturer), share) for part, share in session.execute(near)]
        return sorted(found, key=lambda each: each.reason != DuplicateReason.SAME_NUMBER)


def _is_near(key: str) -> ColumnElement[bool]:
    stems = [key[:end] for end in range(_SHORTEST_STEM, len(key) + 1)]
    # Every character of a key sorts before ~, so all keys with this prefix lie between the prefix and itself with a ~.
    longer = [and_(Part.loose_key >= key, Part.loose_key < f"{key}~")] if stems else []
    return or_(Part.loose_key.op("%")(key), Part.loose_key.in_([key, *stems]), *longer)


def _reason(part: Part, code: str, manufacturer: str | None) -> DuplicateReason:
    compatible = MANUFACTURERS.are_compatible(part.manufacturer, manufacturer)
    same = part.canonical_key == canonical_key(code) and compatible
    return DuplicateReason.SAME_NUMBER if same else DuplicateReason.NEAR_NUMBER
