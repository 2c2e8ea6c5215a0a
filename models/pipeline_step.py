"""Steps: the ledger of what a run has done and has yet to do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, one_of
from schemas.ledger import StepState


class PipelineStep(Base):
    """One step of a run; `attempt` is the fencing token of whoever holds the lease."""

    __tablename__ = "pipeline_steps"
    __table_args__ = (
        CheckConstraint(one_of("state", StepState), name="state_known"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("pipeline_runs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True, server_default="0")
    position: Mapped[int]
    state: Mapped[StepState] = mapped_column(server_default=StepState.PENDING)
    attempt: Mapped[int] = mapped_column(server_default="0")
    postponed: Mapped[int] = mapped_column(server_default="0")
    "how many of the attempts do not count: they were given back without fault"
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    worker: Mapped[str | None]
    output: Mapped[Json | None]
    reason: Mapped[str | None]
    "the stable code of why it failed or left a gap"
    detail: Mapped[str | None]
    transient: Mapped[bool] = mapped_column(server_default="false")
    "it was given up on something that may work later"
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
