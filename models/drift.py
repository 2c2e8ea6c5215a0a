"""Drift: what tagging a part again found, beside what the part has."""

import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id4, SurrogateKey, one_of
from schemas.suggestion import SuggestionField
from schemas.upkeep import DriftCause, DriftKind, DriftOutcome


class Drift(Base):
    """A field of a part that a run asked about again; it goes when its run does."""

    __tablename__ = "drifts"
    __table_args__ = (
        UniqueConstraint("run_id", "field"),
        CheckConstraint(one_of("field", SuggestionField), name="field_known"),
        CheckConstraint(one_of("cause", DriftCause), name="cause_known"),
        CheckConstraint(one_of("kind", DriftKind), name="kind_known"),
        CheckConstraint(one_of("outcome", DriftOutcome), name="outcome_known"),
        Index(None, "night", "id"),
        Index(None, "part_id4", "id"),
    )

    id: Mapped[SurrogateKey]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("pipeline_runs.id", ondelete="CASCADE"))
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    night: Mapped[datetime.date]
    "the day (UTC) on which the run was started"
    field: Mapped[SuggestionField]
    cause: Mapped[DriftCause]
    kind: Mapped[DriftKind]
    outcome: Mapped[DriftOutcome]
    added: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    removed: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
