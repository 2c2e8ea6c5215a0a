"""Steps: the ledger of what a run has done and has yet to do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, one_of
from schemas.run import StepState


class PipelineStep(Base):
    """One step of a run; `attempt` is the fencing token of whoever holds the lease."""

    __tablename__ = "pipeline_steps"
    __table_args__ = (
        CheckConstraint(one_of("state", StepState), name="state_known"),
        Index("ix_pipeline_steps_leased", "lease_until", postgresql_where=text("state = 'running'")),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("pipeline_runs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, server_default="0")
    position: Mapped[int]
    state: Mapped[str] = mapped_column(server_default=StepState.PENDING)
    attempt: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    worker: Mapped[str | None]
    output: Mapped[Json | None]
    reason: Mapped[str | None]
    "the stable code of why it failed or left a gap"
    detail: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
