"""Runs: one row per execution of a pipeline. The rows are the truth, the queue is a hint."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CreatedAt, Id4, Json, one_of
from models.pipeline_step import PipelineStep
from schemas.ledger import PIPELINE_PATTERN, Lane, RunState, WaitingFor


class PipelineRun(Base):
    """A run; its `epoch` fences off every message of an earlier dispatch."""

    __tablename__ = "pipeline_runs"
    __table_args__ = (
        CheckConstraint(f"pipeline ~ '{PIPELINE_PATTERN}'", name="pipeline_format"),
        CheckConstraint(one_of("state", RunState), name="state_known"),
        CheckConstraint(one_of("lane", Lane), name="lane_known"),
        CheckConstraint(one_of("waiting_for", WaitingFor), name="waiting_for_known"),
        # None of them on what every step changes, so that PostgreSQL can update a run in its place.
        Index("ix_pipeline_runs_open", "created_at", postgresql_where=text("finished_at IS NULL")),
        Index("ix_pipeline_runs_heal_at", "heal_at", postgresql_where=text("heal_at IS NOT NULL")),
        Index(None, "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "pipeline", "created_at", "id"),
        Index(None, "part_id4", "created_at", "id"),
        Index(None, "batch_id", "created_at", "id"),
        Index(None, "finished_at"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pipeline: Mapped[str]
    state: Mapped[RunState] = mapped_column(server_default=RunState.PENDING)
    lane: Mapped[Lane] = mapped_column(server_default=Lane.INTERACTIVE)
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("batches.id", ondelete="SET NULL"))
    payload_version: Mapped[int] = mapped_column(server_default="1")
    "of the newest code that has touched it; older code leaves it alone"
    epoch: Mapped[int] = mapped_column(server_default="0")
    "raised with every dispatch; 0 until the first"
    sent_at: Mapped[datetime | None]
    "its last dispatch; NULL while it is to be sent"
    waiting_for: Mapped[WaitingFor | None]
    "why it is not sent yet"
    sends: Mapped[int] = mapped_column(server_default="0")
    "dispatches since it last made progress"
    version: Mapped[int] = mapped_column(server_default="0")
    "raised with every change a poller can see; the ETag"
    input: Mapped[Json]
    subject: Mapped[Id4 | None] = mapped_column("part_id4", ForeignKey("parts.id4"))
    "what the run is about: here a part, which the engine does not know"
    error: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    progress_at: Mapped[CreatedAt]
    time_limit: Mapped[timedelta]
    "how long it may be worked on; waiting for workers does not count"
    working_since: Mapped[datetime | None]
    "its first claim since it was last sent"
    cancel_requested_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heal_at: Mapped[datetime | None]
    "when it is tried again by itself, because what it lacks may be there by then"
    heals: Mapped[int] = mapped_column(server_default="0")
    "how often it was"

    steps: Mapped[list[PipelineStep]] = relationship(order_by=PipelineStep.position, lazy="raise")
