"""Taking back a decision on a suggestion."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session

from models import Document, Part, StockCommand, Suggestion
from schemas.decision import Decision
from schemas.errors import Conflict
from schemas.stock import Undo
from schemas.suggestion import DatasheetValue, SuggestionField, SuggestionState
from services.open_suggestions import OpenSuggestionService
from services.part import PartService
from services.stock import StockService
from services.suggestion.effects import command_id
from services.suggestion.service import SuggestionService


class Undone(NamedTuple):
    """A suggestion that waits again, and the run that the decision on it had started."""

    suggestion: Suggestion
    run_id: UUID | None


class SuggestionUndoService:
    """A decision is taken back as a whole, and only while all that it changed is as it left it."""

    @staticmethod
    def undo(session: Session, suggestion_id: int) -> Undone:
        """Let a decided suggestion wait again, and give its part back what the decision changed.

        One that waits already is returned as it is.

        Raises:
            NotFound: the suggestion does not exist.
            Conflict: it was superseded, or the part was changed, retired or merged since, or the booking is not the
                last on the part.
        """
        suggestion, part = SuggestionService.lock(session, suggestion_id)
        if suggestion.state == SuggestionState.PROPOSED:
            return Undone(suggestion, None)
        decision = _decision(session, suggestion, part)
        _give_back(session, part, decision, what=f"suggestion {suggestion.id}")
        _take_back_datasheet(session, suggestion, part)
        _unbook(session, part, suggestion, decision)
        booked = suggestion.command_id
        OpenSuggestionService.reopen(session, Suggestion.id == suggestion.id)
        if decision.settled:
            # The receipt stays, so that accepting asks.
            OpenSuggestionService.update(session, Suggestion.id == suggestion.id, command_id=booked)
        rejected = and_(Suggestion.id.in_(decision.rivals), Suggestion.state == SuggestionState.REJECTED)
        OpenSuggestionService.reopen(session, rejected)
        if decision.run_id not in (None, suggestion.run_id):
            _take_back_of_run(session, part, decision.run_id)
        session.expire_all()
        return Undone(SuggestionService.get(session, suggestion_id), decision.run_id)


def _decision(session: Session, suggestion: Suggestion, part: Part) -> Decision:
    """Return what a suggestion's decision changed, if it can be taken back at all."""
    if suggestion.state == SuggestionState.SUPERSEDED:
        raise Conflict(
            f"suggestion {suggestion.id} was superseded, not decided; decide on a newer one", state=suggestion.state
        )
    if part.retired_at is not None:
        raise Conflict(f"{part.id4} was retired since; restore it first", part=part.id4)
    if suggestion.field == SuggestionField.SAME_PART and suggestion.state == SuggestionState.ACCEPTED:
        raise Conflict(f"the parts were merged into {part.id4}, and a merge cannot be taken back", part=part.id4)
    if suggestion.decision is None and suggestion.state == SuggestionState.ACCEPTED:
        raise Conflict(
            f"suggestion {suggestion.id} was accepted before decisions were remembered; change {part.id4} by hand",
            part=part.id4,
        )
    decision = Decision.model_validate(suggestion.decision or {"by": "person", "part": part.id4})
    if decision.part != part.id4:
        raise Conflict(
            f"{decision.part} was merged into {part.id4} since; change {part.id4} by hand instead", part=part.id4
        )
    accepted = exists().where(Suggestion.id == decision.rival_of, Suggestion.state == SuggestionState.ACCEPTED)
    if decision.rival_of is not None and session.scalar(select(accepted)):
        raise Conflict(
            f"suggestion {suggestion.id} was rejected because {decision.rival_of} was accepted; undo that instead",
            suggestion=decision.rival_of,
        )
    return decision


def _give_back(session: Session, part: Part, decision: Decision, *, what: str) -> None:
    changed = _changed(part, decision)
    if changed:
        raise Conflict(
            f"{part.id4} was changed since {what} was decided: {', '.join(changed)}; change it by hand instead",
            part=part.id4,
            fields=changed,
        )
    PartService.set_back(
        session,
        part,
        values={field: change.before for field, change in decision.changes.items()},
        set_by={field: change.set_by_before for field, change in decision.changes.items()},
    )
    for sheet in decision.datasheets:
        kept = update(Document).where(Document.id == sheet.document, Document.part_id4 == part.id4)
        session.execute(kept.values(is_datasheet=True, datasheet_by=sheet.datasheet_by))


def _take_back_datasheet(session: Session, suggestion: Suggestion, part: Part) -> None:
    if suggestion.field != SuggestionField.DATASHEET or suggestion.state != SuggestionState.ACCEPTED:
        return
    sha256 = DatasheetValue.model_validate(suggestion.value).sha256
    taken = update(Document).where(Document.part_id4 == part.id4, Document.blob_sha256 == sha256, Document.is_datasheet)
    if session.scalar(taken.values(is_datasheet=False, datasheet_by=None).returning(Document.id)) is None:
        raise Conflict(
            f"{part.id4} has another datasheet since suggestion {suggestion.id} was decided; change it by hand instead",
            part=part.id4,
        )


def _changed(part: Part, decision: Decision) -> list[str]:
    return [
        field.removesuffix("_id")
        for field, change in decision.changes.items()
        if (getattr(part, field), part.set_by.get(field)) != (change.after, change.set_by_after)
    ]


def _unbook(session: Session, part: Part, suggestion: Suggestion, decision: Decision) -> None:
    """Correct the stock by a command of its own, so that the history stays true."""
    if suggestion.command_id is None or suggestion.state != SuggestionState.ACCEPTED or decision.settled:
        return
    if session.scalar(select(exists().where(StockCommand.undoes == suggestion.command_id))):
        return
    order = Undo(command_id=command_id(suggestion, " undo"), undoes=suggestion.command_id, reason="undo of a decision")
    StockService.carry_out(session, part.id4, order)


def _take_back_of_run(session: Session, part: Part, run_id: UUID) -> None:
    """Take back what a run proposed and set by itself, because it went on from a number that is withdrawn."""
    OpenSuggestionService.close(session, Suggestion.run_id == run_id, SuggestionState.SUPERSEDED)
    accepted = select(Suggestion).where(Suggestion.run_id == run_id, Suggestion.state == SuggestionState.ACCEPTED)
    for suggestion in session.scalars(accepted.order_by(Suggestion.id.desc())):
        decision = Decision.model_validate(suggestion.decision or {"by": "person", "part": part.id4})
        if decision.by == "machine" and decision.part == part.id4 and not _changed(part, decision):
            _give_back(session, part, decision, what=f"suggestion {suggestion.id}")
            suggestion.state = SuggestionState.SUPERSEDED
    session.flush()
