"""Suggestions: values that a machine proposes, and the decisions on them."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, and_, cast, delete, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from models import Part, Suggestion
from schemas.errors import Conflict, InvalidInput, NotFound
from schemas.evidence import Evidence
from schemas.stock import Receive
from schemas.suggestion import AcceptSuggestion, PartNumberValue, StockValue, SuggestionField, SuggestionState
from services.open_suggestions import OpenSuggestionService
from services.part import PartService, Setter
from services.stock import StockService
from services.tag import TagService
from services.type import TypeService

_COMMANDS = UUID("6f0f6f0a-6d0e-4c55-9d0b-6d1f6c3c7a11")
"The namespace of the IDs of stock commands that accepted suggestions give."

_DECIDED_BY: dict[SuggestionField, str] = {
    SuggestionField.PART_NUMBER: "manufacturer_code",
    SuggestionField.TAGS: "tags",
    SuggestionField.TYPE: "type_id",
}
"The field of the part that a suggestion would set."


class SuggestionService:
    """A machine fills a field when its confidence is high enough; for a person's field it only suggests a value."""

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
    ) -> Suggestion:
        """Add a suggestion, supersede those of other runs, and accept it when its confidence is high enough.

        A run that is repeated adds a suggestion once, and never a second booking after an accepted one.
        """
        if field == SuggestionField.TAGS:
            value = TagService.canonicalise(session, value)
        before = SuggestionService._of_same_run(session, part, field, value, run_id)
        if before is not None:
            return before
        rivals = and_(Suggestion.field == field, Suggestion.run_id.is_distinct_from(run_id))
        SuggestionService._close(session, part.id4, rivals, SuggestionState.SUPERSEDED)
        suggestion = Suggestion(
            part_id4=part.id4,
            run_id=run_id,
            field=field,
            value=value,
            confidence=confidence,
            evidence=[reason.model_dump(mode="json") for reason in evidence],
            state=SuggestionState.PROPOSED,
        )
        session.add(suggestion)
        if accept_from is not None and confidence >= accept_from and SuggestionService._may_fill(part, field):
            SuggestionService._apply(session, part, suggestion, AcceptSuggestion(), by="machine")
            suggestion.state, suggestion.decided_at = SuggestionState.ACCEPTED, func.now()
        session.flush()
        return suggestion

    @staticmethod
    def withdraw(session: Session, run_id: UUID, fields: AbstractSet[SuggestionField]) -> None:
        """Delete a run's suggestions for fields that are not decided yet, because the run will propose again."""
        session.execute(
            delete(Suggestion).where(
                Suggestion.run_id == run_id,
                Suggestion.field.in_(fields),
                Suggestion.state.in_((SuggestionState.PROPOSED, SuggestionState.SUPERSEDED)),
            )
        )

    @staticmethod
    def list(session: Session, *, part_id4: str | None = None, limit: int) -> Sequence[Suggestion]:
        """Return the suggestions that wait for a decision, oldest first."""
        query = select(Suggestion).where(Suggestion.state == SuggestionState.PROPOSED)
        if part_id4 is not None:
            query = query.where(Suggestion.part_id4 == part_id4)
        return session.scalars(query.order_by(Suggestion.id).limit(limit)).all()

    @staticmethod
    def list_of_run(session: Session, run_id: UUID) -> Sequence[Suggestion]:
        """Return the suggestions of a run, in order."""
        return session.scalars(select(Suggestion).where(Suggestion.run_id == run_id).order_by(Suggestion.id)).all()

    @staticmethod
    def accept(session: Session, suggestion_id: int, how: AcceptSuggestion) -> Suggestion:
        """Accept a suggestion for a person, and reject others for the same field; repeating it changes nothing.

        Raises:
            NotFound: the suggestion does not exist, or its slot or type does not exist any more.
            Conflict: the suggestion was rejected or superseded, or the part would have too many tags.
            InvalidInput: a stock suggestion lacks a quantity or a slot, and `how` does not give it.
        """
        suggestion, part = SuggestionService._locked(session, suggestion_id)
        if suggestion.state == SuggestionState.ACCEPTED:
            return suggestion
        SuggestionService._must_be_open(suggestion)
        SuggestionService._apply(session, part, suggestion, how, by="person")
        session.flush()
        SuggestionService._close(session, part.id4, Suggestion.id == suggestion.id, SuggestionState.ACCEPTED)
        SuggestionService._close(session, part.id4, Suggestion.field == suggestion.field, SuggestionState.REJECTED)
        session.refresh(suggestion)
        return suggestion

    @staticmethod
    def reject(session: Session, suggestion_id: int) -> Suggestion:
        """Reject a suggestion for a person; repeating it changes nothing.

        Raises:
            NotFound: the suggestion does not exist.
            Conflict: the suggestion was accepted or superseded.
        """
        suggestion, part = SuggestionService._locked(session, suggestion_id)
        if suggestion.state != SuggestionState.REJECTED:
            SuggestionService._must_be_open(suggestion)
            SuggestionService._close(session, part.id4, Suggestion.id == suggestion.id, SuggestionState.REJECTED)
            session.refresh(suggestion)
        return suggestion

    @staticmethod
    def _locked(session: Session, suggestion_id: int) -> tuple[Suggestion, Part]:
        """Lock the part, then read the suggestion, so that changes of either happen one after the other."""
        part_id4 = session.scalar(select(Suggestion.part_id4).where(Suggestion.id == suggestion_id))
        if part_id4 is None:
            raise NotFound("suggestion", suggestion_id)
        part = PartService.lock(session, part_id4)
        return session.get_one(Suggestion, suggestion_id, populate_existing=True), part

    @staticmethod
    def _of_same_run(
        session: Session, part: Part, field: SuggestionField, value: Any, run_id: UUID
    ) -> Suggestion | None:
        booked = and_(Suggestion.field == SuggestionField.STOCK, Suggestion.state == SuggestionState.ACCEPTED)
        return session.scalar(
            select(Suggestion)
            .where(Suggestion.part_id4 == part.id4, Suggestion.run_id == run_id, Suggestion.field == field)
            .where(or_(Suggestion.value == cast(value, JSONB), booked))
            .limit(1)
        )

    @staticmethod
    def _close(session: Session, part_id4: str, which: ColumnElement[bool], state: SuggestionState) -> None:
        """Decide open suggestions of a part."""
        OpenSuggestionService.close(session, and_(Suggestion.part_id4 == part_id4, which), state)

    @staticmethod
    def _must_be_open(suggestion: Suggestion) -> None:
        if suggestion.state != SuggestionState.PROPOSED:
            raise Conflict(
                f"suggestion {suggestion.id} was already {suggestion.state}; only an open one can be decided",
                state=suggestion.state,
            )

    @staticmethod
    def _may_fill(part: Part, field: SuggestionField) -> bool:
        return field in _DECIDED_BY and part.set_by.get(_DECIDED_BY[field]) != "person"

    @staticmethod
    def _apply(session: Session, part: Part, suggestion: Suggestion, how: AcceptSuggestion, *, by: Setter) -> None:
        match suggestion.field:
            case SuggestionField.PART_NUMBER:
                _set_part_number(session, part, PartNumberValue.model_validate(suggestion.value), by)
            case SuggestionField.TAGS:
                # A machine's tags replace its earlier ones, so that they do not pile up; a person's are added.
                kept = part.tags if by == "person" else []
                tags = [*kept, *(tag for tag in suggestion.value if tag not in kept)]
                PartService.set_field(session, part, "tags", tags, by=by)
            case SuggestionField.TYPE:
                PartService.set_field(session, part, "type_id", TypeService.get(session, suggestion.value).id, by=by)
            case SuggestionField.STOCK:
                _book(session, part, suggestion, how)


def _set_part_number(session: Session, part: Part, value: PartNumberValue, by: Setter) -> None:
    PartService.set_field(session, part, "manufacturer_code", value.manufacturer_code, by=by)
    for field, text in (("manufacturer", value.manufacturer), ("description", value.description)):
        if text is not None and part.set_by.get(field) != "person":
            PartService.set_field(session, part, field, text, by=by)


def _book(session: Session, part: Part, suggestion: Suggestion, how: AcceptSuggestion) -> None:
    proposed = StockValue.model_validate(suggestion.value)
    quantity, slot = how.quantity or proposed.quantity, how.slot or proposed.slot
    if quantity is None:
        raise InvalidInput("the label has no quantity; give one", field="quantity")
    if slot is None:
        raise InvalidInput("no free slot was found; give a slot", field="slot")
    order = Receive(
        command_id=uuid5(_COMMANDS, str(suggestion.id)), quantity=quantity, slot=slot, share=how.share, reason="label"
    )
    StockService.carry_out(session, part.id4, order)
    suggestion.value = proposed.model_copy(update={"quantity": quantity, "slot": slot}).model_dump()
