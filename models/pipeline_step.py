"""Steps: the ledger of the finished and the open work of runs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, one_of
from schemas.ledger import StepState


class PipelineStep(Base):
    """One step of a run; `attempt` is the fencing token of the worker that holds the lease."""

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
    "attempts that do not count, because the worker gave them back without a failure"
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    worker: Mapped[str | None]
    output: Mapped[Json | None]
    reason: Mapped[str | None]
    "the stable code of the failure or the gap"
    detail: Mapped[str | None]
    transient: Mapped[bool] = mapped_column(server_default="false")
    "whether a later try may succeed"
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
