"""Changes of open suggestions, which wait for a decision."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from models import PipelineRun, SlotReservation, Suggestion
from schemas.suggestion import SuggestionState
from services.slot_reservation import SlotReservationService


class OpenSuggestionService:
    """The only writer of open suggestions: each change also raises the run's version, so that pollers see it."""

    @staticmethod
    def close(session: Session, which: ColumnElement[bool], state: SuggestionState, **values: Any) -> Sequence[int]:
        """Decide open suggestions, and return their IDs; `values` go into their other columns. Their slots are free."""
        closed = OpenSuggestionService.update(session, which, state=state, decided_at=func.now(), **values)
        if closed:
            SlotReservationService.delete(session, SlotReservation.suggestion_id.in_(closed))
        return closed

    @staticmethod
    def update(session: Session, which: ColumnElement[bool], **values: Any) -> Sequence[int]:
        """Change open suggestions, and return their IDs."""
        changed = (
            update(Suggestion)
            .where(Suggestion.state == SuggestionState.PROPOSED, which)
            .values(values)
            .returning(Suggestion.id, Suggestion.run_id)
            .execution_options(synchronize_session=False)
        )
        rows = session.execute(changed).all()
        _raise_versions(session, {row.run_id for row in rows})
        return [row.id for row in rows]

    @staticmethod
    def reopen(session: Session, which: ColumnElement[bool]) -> None:
        """Let decided suggestions wait again, and keep their slots where these are still free."""
        reopened = (
            update(Suggestion)
            .where(which)
            .values(
                state=SuggestionState.PROPOSED,
                decided_at=None,
                decision=None,
                command_id=None,
                undone=Suggestion.undone + 1,
            )
            .returning(Suggestion.id, Suggestion.run_id)
            .execution_options(synchronize_session=False)
        )
        rows = session.execute(reopened).all()
        _raise_versions(session, {row.run_id for row in rows})
        waiting = select(Suggestion).where(Suggestion.id.in_([row.id for row in rows])).order_by(Suggestion.id)
        for suggestion in session.scalars(waiting.execution_options(populate_existing=True)).all():
            SlotReservationService.create_for(session, suggestion)


def _raise_versions(session: Session, runs: set[Any]) -> None:
    if known := runs - {None}:
        session.execute(update(PipelineRun).where(PipelineRun.id.in_(known)).values(version=PipelineRun.version + 1))
