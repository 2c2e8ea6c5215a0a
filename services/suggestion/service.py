"""Suggestions of machines, and the decisions on them."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, cast, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from models import Part, StockCommand, Suggestion
from models.stored import StoredJson
from schemas.decision import Decision
from schemas.errors import Conflict, NotFound
from schemas.evidence import Evidence, EvidenceKind
from schemas.suggestion import AcceptSuggestion, SuggestionField, SuggestionState
from services.document import DocumentService
from services.open_suggestions import OpenSuggestionService
from services.part import PartService
from services.slot_reservation import SlotReservationService
from services.suggestion.edits import edited
from services.suggestion.effects import apply
from services.suggestion.refusals import RefusalService
from services.tag import TagService
from services.type import TypeService

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
        replaces: bool = True,
        reserved_until: datetime | None = None,
    ) -> Suggestion:
        """Add a suggestion, supersede those of other runs, and accept it when its confidence is high enough.

        A run that is repeated adds a suggestion once, and never a second booking after an accepted one. A value that
        a person refused is not proposed again unless its evidence is new; the refusal is returned. With `replaces`
        unset, a value that the part has already is not replaced without a person.
        """
        if field == SuggestionField.TAGS:
            value = TagService.canonicalise(session, value)
        before = _of_same_run(session, part, field, value, run_id)
        before = before or RefusalService.find(session, part.id4, field, value, evidence)
        if before is not None:
            return before
        rivals = and_(Suggestion.field == field, Suggestion.run_id.is_distinct_from(run_id))
        close(session, part.id4, rivals, SuggestionState.SUPERSEDED)
        suggestion = Suggestion(
            part_id4=part.id4,
            run_id=run_id,
            field=field,
            value=value,
            confidence=confidence,
            evidence=[reason.model_dump(mode="json") for reason in evidence],
            state=SuggestionState.PROPOSED,
            reserved_until=reserved_until,
            command_id=_booked_before(session, part, evidence) if field == SuggestionField.STOCK else None,
        )
        session.add(suggestion)
        session.flush()
        SlotReservationService.create_for(session, suggestion)
        is_sure = accept_from is not None and confidence >= accept_from
        if is_sure and may_fill(session, part, field, value, replaces=replaces):
            _accept_by_machine(session, part, suggestion)
        return suggestion

    @staticmethod
    def withdraw(session: Session, run_id: UUID, fields: AbstractSet[SuggestionField]) -> None:
        """Delete a run's suggestions for fields that are not decided yet, because the run will propose again.

        One that asks before it is accepted is kept, so that it still does.
        """
        session.execute(
            delete(Suggestion).where(
                Suggestion.run_id == run_id,
                Suggestion.field.in_(fields),
                Suggestion.command_id.is_(None),
                Suggestion.state.in_((SuggestionState.PROPOSED, SuggestionState.SUPERSEDED)),
            )
        )

    @staticmethod
    def get(session: Session, suggestion_id: int) -> Suggestion:
        """Return a suggestion.

        Raises:
            NotFound: the suggestion does not exist.
        """
        suggestion = session.get(Suggestion, suggestion_id)
        if suggestion is None:
            raise NotFound("suggestion", suggestion_id)
        return suggestion

    @staticmethod
    def list(session: Session, part_id4: str, *, limit: int) -> Sequence[Suggestion]:
        """Return the suggestions for a part that wait for a decision, oldest first."""
        query = select(Suggestion).where(Suggestion.state == SuggestionState.PROPOSED, Suggestion.part_id4 == part_id4)
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
            Conflict: the suggestion was rejected or superseded, the part would have too many tags, a receipt was
                booked by hand since, or the slot is not free any more.
            InvalidInput: a stock suggestion lacks a quantity or a slot, and `how` does not give it, or it edits what
                the suggestion is not for.
        """
        suggestion, part = SuggestionService.lock(session, suggestion_id)
        if suggestion.state == SuggestionState.ACCEPTED:
            return suggestion
        _must_be_open(suggestion)
        value = edited(session, suggestion, how)
        decision = apply(session, part, suggestion, value, by="person", how=how)
        session.flush()
        close(session, part.id4, Suggestion.id == suggestion.id, SuggestionState.ACCEPTED)
        beside = Decision(by="person", part=part.id4, rival_of=suggestion.id).model_dump(mode="json")
        rivals = close(session, part.id4, _rivals(suggestion), SuggestionState.REJECTED, decision=beside)
        session.refresh(suggestion)
        suggestion.decision = decision.model_copy(update={"rivals": tuple(rivals)}).model_dump(mode="json")
        session.flush()
        return suggestion

    @staticmethod
    def reject(session: Session, suggestion_id: int) -> Suggestion:
        """Reject a suggestion for a person; repeating it changes nothing.

        Raises:
            NotFound: the suggestion does not exist.
            Conflict: the suggestion was accepted or superseded.
        """
        suggestion, part = SuggestionService.lock(session, suggestion_id)
        if suggestion.state != SuggestionState.REJECTED:
            _must_be_open(suggestion)
            decision = Decision(by="person", part=part.id4).model_dump(mode="json")
            close(session, part.id4, Suggestion.id == suggestion.id, SuggestionState.REJECTED, decision=decision)
            session.refresh(suggestion)
        return suggestion

    @staticmethod
    def record_run(session: Session, suggestion: Suggestion, run_id: UUID) -> None:
        """Keep which run a decision started."""
        suggestion.decision = {**(suggestion.decision or {}), "run_id": str(run_id)}
        session.flush()

    @staticmethod
    def lock(session: Session, suggestion_id: int) -> tuple[Suggestion, Part]:
        """Lock the part, then read the suggestion, so that changes of either happen one after the other.

        Raises:
            NotFound: the suggestion does not exist.
        """
        part = PartService.lock(session, SuggestionService.get(session, suggestion_id).part_id4)
        return session.get_one(Suggestion, suggestion_id, populate_existing=True), part


def close(
    session: Session, part_id4: str, which: ColumnElement[bool], state: SuggestionState, **values: Any
) -> Sequence[int]:
    """Decide open suggestions of a part, and return their IDs."""
    return OpenSuggestionService.close(session, and_(Suggestion.part_id4 == part_id4, which), state, **values)


def _accept_by_machine(session: Session, part: Part, suggestion: Suggestion) -> None:
    decision = apply(session, part, suggestion, suggestion.value, by="machine", how=AcceptSuggestion())
    suggestion.decision = decision.model_dump(mode="json")
    suggestion.state, suggestion.decided_at = SuggestionState.ACCEPTED, func.now()
    session.flush()


def _of_same_run(session: Session, part: Part, field: SuggestionField, value: Any, run_id: UUID) -> Suggestion | None:
    is_booked = or_(Suggestion.state == SuggestionState.ACCEPTED, Suggestion.command_id.is_not(None))
    booked = and_(Suggestion.field == SuggestionField.STOCK, is_booked)
    return session.scalar(
        select(Suggestion)
        .where(Suggestion.part_id4 == part.id4, Suggestion.run_id == run_id, Suggestion.field == field)
        .where(or_(Suggestion.value == cast(value, StoredJson()), booked))
        .limit(1)
    )


def _booked_before(session: Session, part: Part, evidence: Sequence[Evidence]) -> UUID | None:
    """Return the command that booked the same label before, unless it was undone; accepting it again then asks."""
    codes = {one.quote for one in evidence if one.kind == EvidenceKind.BARCODE}
    undone = exists().where(StockCommand.undoes == Suggestion.command_id)
    booked = select(Suggestion).where(Suggestion.part_id4 == part.id4, Suggestion.command_id.is_not(None), ~undone)
    earlier = session.scalars(booked.order_by(Suggestion.id.desc()))
    return next((each.command_id for each in earlier if codes & {one["quote"] for one in each.evidence}), None)


def _rivals(suggestion: Suggestion) -> ColumnElement[bool]:
    """Return which open suggestions cannot be true beside an accepted one: all for its field, but on one photo."""
    same_field = Suggestion.field == suggestion.field
    if suggestion.field != SuggestionField.PART_NUMBER or not suggestion.value.get("beside_others"):
        return same_field
    return and_(same_field, Suggestion.run_id.is_distinct_from(suggestion.run_id))


def _must_be_open(suggestion: Suggestion) -> None:
    if suggestion.state != SuggestionState.PROPOSED:
        raise Conflict(
            f"suggestion {suggestion.id} was already {suggestion.state}; only an open one can be decided",
            state=suggestion.state,
        )


def may_fill(session: Session, part: Part, field: SuggestionField, value: Any, *, replaces: bool) -> bool:
    """Tell whether a machine may set a field: no person decided on it, and with `replaces` unset, it has no value."""
    if field == SuggestionField.DATASHEET:
        return not DocumentService.is_datasheet_decided(session, part.id4)
    if field not in _DECIDED_BY or part.set_by.get(_DECIDED_BY[field]) == "person":
        return False
    return replaces or not _holds_another(session, part, field, value)


def _holds_another(session: Session, part: Part, field: SuggestionField, value: Any) -> bool:
    match field:
        case SuggestionField.TAGS:
            return bool(part.tags) and set(part.tags) != set(value)
        case SuggestionField.TYPE:
            return part.type_id is not None and part.type_id != TypeService.get(session, value).id
    return part.manufacturer_code not in (None, value["manufacturer_code"])
