"""Runs: one row per execution of a pipeline. The rows are the truth, the queue is a hint."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CreatedAt, Id4, Json, one_of
from models.pipeline_step import PipelineStep
from schemas.run import Pipeline, RunState


class PipelineRun(Base):
    """A run; its `epoch` fences off every message of an earlier dispatch."""

    __tablename__ = "pipeline_runs"
    __table_args__ = (
        CheckConstraint(one_of("pipeline", Pipeline), name="pipeline_known"),
        CheckConstraint(one_of("state", RunState), name="state_known"),
        Index("ix_pipeline_runs_open", "progress_at", postgresql_where=text("finished_at IS NULL")),
        Index(None, "created_at", "id"),
        Index(None, "part_id4"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pipeline: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=RunState.PENDING)
    epoch: Mapped[int] = mapped_column(server_default="0")
    "0 until the first dispatch"
    version: Mapped[int] = mapped_column(server_default="0")
    "raised with every change a poller can see; the ETag"
    input: Mapped[Json]
    part_id4: Mapped[Id4 | None] = mapped_column(ForeignKey("parts.id4"))
    error: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    progress_at: Mapped[CreatedAt]
    time_limit: Mapped[timedelta]
    "how long it may be worked on; waiting for workers does not count"
    working_since: Mapped[datetime | None]
    "its first claim since it was last sent"
    cancel_requested_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    steps: Mapped[list[PipelineStep]] = relationship(order_by=PipelineStep.position, lazy="raise")
