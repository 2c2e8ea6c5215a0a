"""The number of suggestions, without counting them."""

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from models import SuggestionTally
from schemas.suggestion import SuggestionField, SuggestionState


class SuggestionTallyService:
    """Reads what the triggers on `suggestions` write, and keeps it short."""

    @staticmethod
    def sum(session: Session, state: SuggestionState, field: SuggestionField | None) -> int:
        """Return how many suggestions are in a state, for one field or for all."""
        changes = select(func.coalesce(func.sum(SuggestionTally.change), 0)).where(SuggestionTally.state == state)
        if field is not None:
            changes = changes.where(SuggestionTally.field == field)
        return session.scalar(changes) or 0

    @staticmethod
    def join(session: Session) -> None:
        """Replace the changes so far by one for each field and state; readers see the same sums all the time."""
        gone = delete(SuggestionTally).returning(SuggestionTally.field, SuggestionTally.state, SuggestionTally.change)
        taken = gone.cte("taken")
        sums = select(taken.c.field, taken.c.state, func.sum(taken.c.change)).group_by(taken.c.field, taken.c.state)
        session.execute(insert(SuggestionTally).from_select(["field", "state", "change"], sums))
