"""Refusals: what a person said no to is not proposed again without new evidence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models import Suggestion
from schemas.evidence import Evidence, EvidenceKind
from schemas.part_number import canonical_key
from schemas.suggestion import PartNumberValue, StockValue, SuggestionField, SuggestionState

Reasons = frozenset[tuple[object, ...]]
"What makes evidence the same as other evidence; where it lies in a photo does not."


class RefusedNumbers(NamedTuple):
    """The part numbers that a person refused for a part, by their keys, with all evidence that the person knew."""

    known: Mapping[str, Reasons]

    def cover(self, manufacturer_code: str, evidence: Iterable[Evidence]) -> bool:
        """Tell whether a number was refused, and nothing new speaks for it."""
        known = self.known.get(canonical_key(manufacturer_code))
        return known is not None and _reasons(SuggestionField.PART_NUMBER, evidence) <= known


class RefusalService:
    """Remembers refusals by the rejected suggestions themselves, which a merge takes to the other part."""

    @staticmethod
    def find(
        session: Session, part_id4: str, field: SuggestionField, value: Any, evidence: Sequence[Evidence]
    ) -> Suggestion | None:
        """Return the latest refusal of a value for a part, or None when it was not refused or its evidence is new.

        A list of tags is refused when each of them is. What a person has handed in is new each time.
        """
        if any(one.kind == EvidenceKind.PERSON for one in evidence):
            return None
        refused = RefusalService.list(session, part_id4, field)
        reasons, wanted = _reasons(field, evidence), _meanings(field, value)
        known = _known(refused)
        if not wanted or not all(each in known and reasons <= known[each] for each in wanted):
            return None
        return max((row for row in refused if wanted & _refused(row)), key=lambda row: row.id)

    @staticmethod
    def list(session: Session, part_id4: str, field: SuggestionField) -> Sequence[Suggestion]:
        """Return the suggestions for a field of a part that a person rejected, or accepted with another value."""
        accepted = and_(Suggestion.state == SuggestionState.ACCEPTED, Suggestion.decision["by"].as_string() == "person")
        return session.scalars(
            select(Suggestion)
            .where(Suggestion.part_id4 == part_id4, Suggestion.field == field)
            .where(or_(Suggestion.state == SuggestionState.REJECTED, accepted))
        ).all()

    @staticmethod
    def list_numbers(session: Session, part_id4: str) -> RefusedNumbers:
        """Return the part numbers that a person refused for a part."""
        refused = _known(RefusalService.list(session, part_id4, SuggestionField.PART_NUMBER))
        return RefusedNumbers({str(key): reasons for key, reasons in refused.items()})


def _known(refused: Sequence[Suggestion]) -> dict[object, Reasons]:
    """Return all refused values, with what a person knew when refusing each."""
    known: dict[object, Reasons] = {}
    for row in refused:
        reasons = _reasons(row.field, [Evidence.model_validate(one) for one in row.evidence])
        for meaning in _refused(row):
            known[meaning] = known.get(meaning, frozenset()) | reasons
    return known


def _reasons(field: SuggestionField, evidence: Iterable[Evidence]) -> Reasons:
    if field == SuggestionField.DATASHEET:
        # A file that was refused is the same file wherever it is found.
        return frozenset()
    # For stock, a rule says only which slot is free today.
    counted = (one for one in evidence if field != SuggestionField.STOCK or one.kind != EvidenceKind.RULE)
    return frozenset((one.kind, one.quote, one.source, one.page) for one in counted)


def _refused(suggestion: Suggestion) -> frozenset[object]:
    decision: Mapping[str, Any] = suggestion.decision or {}
    proposed = _meanings(suggestion.field, suggestion.value)
    if suggestion.state == SuggestionState.REJECTED:
        return proposed
    return proposed - _meanings(suggestion.field, decision.get("value"))


def _meanings(field: SuggestionField, value: Any) -> frozenset[object]:
    """Return what makes a value the same as another: a number's key, each tag, a label's quantity and marks."""
    match field:
        case _ if value is None:
            return frozenset()
        case SuggestionField.PART_NUMBER:
            return frozenset({canonical_key(PartNumberValue.model_validate(value).manufacturer_code)})
        case SuggestionField.SAME_PART:
            return frozenset({value["part"]})
        case SuggestionField.DATASHEET:
            return frozenset({value["sha256"]})
        case SuggestionField.TAGS:
            return frozenset(value)
        case SuggestionField.TYPE:
            return frozenset({value.casefold()})
        case SuggestionField.STOCK:
            label = StockValue.model_validate(value)
            marks = (label.supplier_code, label.lot, label.date_code, label.origin)
            return frozenset({(label.quantity, *marks, None if label.quantity else label.slot)})
