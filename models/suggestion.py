"""Suggestions: values a machine proposes for a part's fields."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Id4, Json, SurrogateKey, one_of
from schemas.suggestion import SuggestionField, SuggestionState


class Suggestion(Base):
    """A proposed value with its confidence and evidence; a person or the rules decide on it once."""

    __tablename__ = "suggestions"
    __table_args__ = (
        CheckConstraint(one_of("field", SuggestionField), name="field_known"),
        CheckConstraint(one_of("state", SuggestionState), name="state_known"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_range"),
        Index(None, "part_id4", "state"),
        Index("ix_suggestions_open", "part_id4", postgresql_where=text("state = 'proposed'")),
        Index(
            "ix_suggestions_promised_slots",
            text("(value ->> 'slot')"),
            postgresql_where=text("field = 'stock' AND state = 'proposed'"),
        ),
        Index(None, "run_id"),
    )

    id: Mapped[SurrogateKey]
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("pipeline_runs.id", ondelete="SET NULL"))
    field: Mapped[SuggestionField]
    value: Mapped[Json]
    confidence: Mapped[float]
    evidence: Mapped[Json]
    state: Mapped[SuggestionState] = mapped_column(server_default=SuggestionState.PROPOSED)
    created_at: Mapped[CreatedAt]
    decided_at: Mapped[datetime | None]
