"""The quantities on labels, which wait as suggestions: each is booked once, by a suggestion or by hand."""

from typing import NamedTuple, Self

from sqlalchemy import and_, null, select
from sqlalchemy.orm import Session

from models import Part, StockCommand, Suggestion
from schemas.decision import Decision
from schemas.stock import Receive, StockKind, StockResult
from schemas.suggestion import StockValue, SuggestionField, SuggestionState
from services.open_suggestions import OpenSuggestionService


class LabelQuantities(NamedTuple):
    """The suggestions of stock that wait while a receipt is booked by hand."""

    settled: tuple[int, ...] = ()
    "those of the same quantity, or of none"
    differing: tuple[int, ...] = ()

    @classmethod
    def find(cls, session: Session, part: Part, order: object) -> Self:
        """Return the suggestions for a locked part that a command is about; none unless it is a receipt."""
        if not isinstance(order, Receive):
            return cls()
        waiting = select(Suggestion).where(
            Suggestion.part_id4 == part.id4,
            Suggestion.field == SuggestionField.STOCK,
            Suggestion.state == SuggestionState.PROPOSED,
        )
        found = {
            each.id: StockValue.model_validate(each.value).quantity
            for each in session.scalars(waiting.order_by(Suggestion.id))
        }
        settled = tuple(key for key, quantity in found.items() if quantity in (None, order.quantity))
        return cls(settled, tuple(key for key in found if key not in settled))

    def settle(self, session: Session, command: StockCommand) -> None:
        """Accept what a receipt has booked, mark what it differs from, and take both back when it is undone."""
        for suggestion_id in self.settled:
            suggestion = session.get_one(Suggestion, suggestion_id)
            decision = Decision(by="person", part=command.part_id4, value=_booked(suggestion, command), settled=True)
            OpenSuggestionService.close(
                session,
                Suggestion.id == suggestion_id,
                SuggestionState.ACCEPTED,
                command_id=command.id,
                decision=decision.model_dump(mode="json"),
            )
            session.refresh(suggestion)
        if self.differing:
            OpenSuggestionService.update(session, Suggestion.id.in_(self.differing), command_id=command.id)
        if command.kind == StockKind.UNDO:
            _take_back(session, command)


def _booked(suggestion: Suggestion, command: StockCommand) -> object:
    (change,) = StockResult.model_validate(command.result).changes
    proposed = StockValue.model_validate(suggestion.value)
    return proposed.model_copy(update={"quantity": change.delta_qty, "slot": change.slot}).model_dump(mode="json")


def _take_back(session: Session, undo: StockCommand) -> None:
    booked = and_(Suggestion.command_id == undo.undoes, Suggestion.field == SuggestionField.STOCK)
    OpenSuggestionService.update(session, booked, command_id=null())
    was_settled = Suggestion.decision["settled"].as_boolean()
    OpenSuggestionService.reopen(session, and_(booked, Suggestion.state == SuggestionState.ACCEPTED, was_settled))
