"""The value that a person accepts: as it was proposed, or edited."""

from typing import Any

from sqlalchemy.orm import Session

from models import Suggestion
from schemas.errors import InvalidInput
from schemas.part_number import canonical_key
from schemas.suggestion import EDITS, AcceptSuggestion, PartNumberValue, StockValue, SuggestionField
from services.tag import TagService
from services.type import TypeService

_EDITS_OF_ANY = frozenset[str]().union(*EDITS.values())


def edited(session: Session, suggestion: Suggestion, how: AcceptSuggestion) -> Any:
    """Return the value of a suggestion with a person's edits.

    Raises:
        InvalidInput: an edit is not of what the suggestion proposes.
        NotFound: the type does not exist.
    """
    _must_belong(suggestion, how)
    match suggestion.field:
        case SuggestionField.PART_NUMBER:
            return _number(PartNumberValue.model_validate(suggestion.value), how).model_dump()
        case SuggestionField.SAME_PART | SuggestionField.DATASHEET:
            return suggestion.value
        case SuggestionField.TAGS:
            return suggestion.value if how.tags is None else TagService.canonicalise(session, how.tags)
        case SuggestionField.TYPE:
            return TypeService.get(session, suggestion.value if how.type is None else how.type).name
        case SuggestionField.STOCK:
            proposed = StockValue.model_validate(suggestion.value)
            given = {"quantity": how.quantity or proposed.quantity, "slot": how.slot or proposed.slot}
            return proposed.model_copy(update=given).model_dump(mode="json")


def _must_belong(suggestion: Suggestion, how: AcceptSuggestion) -> None:
    given = {name for name in how.model_fields_set if name in _EDITS_OF_ANY and getattr(how, name) not in (None, False)}
    if strange := sorted(given - EDITS[suggestion.field]):
        expected = ", ".join(sorted(EDITS[suggestion.field])) or "nothing to edit"
        raise InvalidInput(
            f"suggestion {suggestion.id} is for {suggestion.field}, which has no {strange[0]}; expected {expected}",
            field=strange[0],
        )


def _number(proposed: PartNumberValue, how: AcceptSuggestion) -> PartNumberValue:
    given = how.model_dump(include=set(EDITS[SuggestionField.PART_NUMBER] & how.model_fields_set))
    code = given.get("manufacturer_code") or proposed.manufacturer_code
    if canonical_key(code) != canonical_key(proposed.manufacturer_code):
        # What the catalogue says of one number is not true of another.
        given.setdefault("description", None)
    return proposed.model_copy(update={**given, "manufacturer_code": code})
