"""The effects of accepting a value on its part."""

from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Document, Part, StockCommand, Suggestion
from schemas.decision import Change, Decision, DroppedDatasheet
from schemas.errors import Conflict, InvalidInput
from schemas.part_number import canonical_key
from schemas.slot import Slot
from schemas.stock import Receive, StockChange
from schemas.suggestion import AcceptSuggestion, DatasheetValue, PartNumberValue, StockValue, SuggestionField
from services.box import SlotService, explain_full
from services.document import DocumentService
from services.part import PartService, Setter
from services.slot_reservation import SlotReservationService
from services.stock import StockService
from services.type import TypeService

_COMMANDS = UUID("6f0f6f0a-6d0e-4c55-9d0b-6d1f6c3c7a11")
"The namespace of the IDs of stock commands that accepted suggestions give."

_FIELDS = ("manufacturer_code", "manufacturer", "description", "tags", "type_id")
"The fields of a part that accepting a suggestion can set."


def command_id(suggestion: Suggestion, what: str = "") -> UUID:
    """Return the ID of a stock command that a suggestion gives: another one after each decision that was undone."""
    return uuid5(_COMMANDS, f"{suggestion.id}{f' {suggestion.undone}' if suggestion.undone else ''}{what}")


def apply(
    session: Session, part: Part, suggestion: Suggestion, value: Any, *, by: Setter, how: AcceptSuggestion
) -> Decision:
    """Give a part a value, and return what that changed."""
    before, sheets = _fields(part), _datasheets(session, part)
    match suggestion.field:
        case SuggestionField.PART_NUMBER:
            _set_number(session, part, PartNumberValue.model_validate(value), by, given=how.model_fields_set)
        case SuggestionField.TAGS:
            # A machine's tags replace its earlier ones, so that they do not pile up; a person's are added.
            kept = part.tags if by == "person" else []
            PartService.set_field(session, part, "tags", [*kept, *(tag for tag in value if tag not in kept)], by=by)
        case SuggestionField.TYPE:
            PartService.set_field(session, part, "type_id", TypeService.get(session, value).id, by=by)
        case SuggestionField.SAME_PART:
            pass  # Parts are merged above this layer, together with everything that hangs on them.
        case SuggestionField.DATASHEET:
            DocumentService.designate(session, part.id4, DatasheetValue.model_validate(value).sha256, by=by)
        case SuggestionField.STOCK:
            _book(session, part, suggestion, StockValue.model_validate(value), how)
    after = _fields(part)
    kept_sheets = {sheet.document for sheet in _datasheets(session, part)}
    return Decision(
        by=by,
        part=part.id4,
        value=value,
        changes={
            field: Change(before=before[field][0], after=now, set_by_before=before[field][1], set_by_after=setter)
            for field, (now, setter) in after.items()
            if before[field] != (now, setter)
        },
        datasheets=tuple(sheet for sheet in sheets if sheet.document not in kept_sheets),
    )


def _fields(part: Part) -> dict[str, tuple[Any, Any]]:
    return {field: (getattr(part, field), part.set_by.get(field)) for field in _FIELDS}


def _datasheets(session: Session, part: Part) -> list[DroppedDatasheet]:
    marked = select(Document.id, Document.datasheet_by).where(Document.part_id4 == part.id4, Document.is_datasheet)
    return [
        DroppedDatasheet(document=id_, datasheet_by=by) for id_, by in session.execute(marked.order_by(Document.id))
    ]


def _set_number(session: Session, part: Part, value: PartNumberValue, by: Setter, *, given: set[str]) -> None:
    is_new = canonical_key(part.manufacturer_code or "") != canonical_key(value.manufacturer_code)
    PartService.set_field(session, part, "manufacturer_code", value.manufacturer_code, by=by)
    for field, text in (("manufacturer", value.manufacturer), ("description", value.description)):
        # Of a part that has this number already, a machine only fills in what is missing.
        may_set = part.set_by.get(field) != "person" and (by == "person" or is_new or not getattr(part, field))
        if text is not None and (field in given or may_set):
            PartService.set_field(session, part, field, text, by=by)


def _book(session: Session, part: Part, suggestion: Suggestion, value: StockValue, how: AcceptSuggestion) -> None:
    if value.quantity is None:
        raise InvalidInput("the label has no quantity; give one", field="quantity")
    if value.slot is None:
        raise InvalidInput("no free slot was found; give a slot", field="slot")
    _must_not_be_booked(session, suggestion, value.quantity, how)
    if how.slot is None and not how.share:
        _must_be_kept(session, part, suggestion, value.slot)
    order = Receive(
        command_id=command_id(suggestion), quantity=value.quantity, slot=value.slot, share=how.share, reason="label"
    )
    suggestion.command_id = StockService.carry_out(session, part.id4, order, settles=False).id


def _must_not_be_booked(session: Session, suggestion: Suggestion, quantity: int, how: AcceptSuggestion) -> None:
    receipt = session.get(StockCommand, suggestion.command_id) if suggestion.command_id else None
    if receipt is None or how.again:
        return
    booked = ", ".join(
        f"{change.delta_qty} into {change.slot}"
        for change in map(StockChange.model_validate, receipt.result["changes"])
    )
    raise Conflict(
        f"{booked} was booked on {receipt.at:%Y-%m-%d %H:%M} UTC, perhaps from the same bag; set again to book "
        f"{quantity} more, or reject the suggestion",
        field="again",
        receipt={"command_id": str(receipt.id), "changes": receipt.result["changes"], "at": receipt.at.isoformat()},
    )


def _must_be_kept(session: Session, part: Part, suggestion: Suggestion, slot: Slot) -> None:
    """Ask for another slot when another part has the proposed one by now."""
    other = SlotReservationService.find_other(session, slot, part)
    if other is None:
        return
    free = SlotService.suggest(session, part)
    until = (
        f" was kept for {part.id4} until {suggestion.reserved_until:%Y-%m-%d} and" if suggestion.reserved_until else ""
    )
    raise Conflict(
        f"{slot}{until} is used by {other} now; "
        + (f"give another slot, such as {free.slot}" if free else explain_full(session, part))
        + ", or set share to put both there",
        field="slot",
        slot=str(slot),
        part=other,
        free=str(free.slot) if free else None,
    )
