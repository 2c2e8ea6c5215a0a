"""Changes of open suggestions, which wait for a decision."""

from typing import Any

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.orm import Session

from models import PipelineRun, Suggestion
from schemas.suggestion import SuggestionState


class OpenSuggestionService:
    """The only writer of open suggestions: each change also raises the run's version, so that pollers see it."""

    @staticmethod
    def close(session: Session, which: ColumnElement[bool], state: SuggestionState) -> None:
        """Decide open suggestions."""
        OpenSuggestionService.update(session, which, state=state, decided_at=func.now())

    @staticmethod
    def update(session: Session, which: ColumnElement[bool], **values: Any) -> None:
        """Change open suggestions."""
        changed = (
            update(Suggestion)
            .where(Suggestion.state == SuggestionState.PROPOSED, which)
            .values(values)
            .returning(Suggestion.run_id)
            .execution_options(synchronize_session=False)
        )
        runs = set(session.scalars(changed))
        session.execute(update(PipelineRun).where(PipelineRun.id.in_(runs)).values(version=PipelineRun.version + 1))
