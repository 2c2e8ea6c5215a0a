"""Runs: one row per execution of a pipeline. The rows are the truth, the queue is a hint."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CreatedAt, Id4, Json, one_of
from models.pipeline_step import PipelineStep
from schemas.ledger import PIPELINE_PATTERN, REQUEST_ID_PATTERN, TRACEPARENT_PATTERN, Lane, RunState, WaitingFor


class PipelineRun(Base):
    """A run; `epoch` fences off all messages of earlier dispatches."""

    __tablename__ = "pipeline_runs"
    __table_args__ = (
        CheckConstraint(f"pipeline ~ '{PIPELINE_PATTERN}'", name="pipeline_format"),
        CheckConstraint(f"request_id ~ '{REQUEST_ID_PATTERN}'", name="request_id_format"),
        CheckConstraint(f"traceparent ~ '{TRACEPARENT_PATTERN}'", name="traceparent_format"),
        CheckConstraint(one_of("state", RunState), name="state_known"),
        CheckConstraint(one_of("lane", Lane), name="lane_known"),
        CheckConstraint(one_of("waiting_for", WaitingFor), name="waiting_for_known"),
        # No index has a column that every step changes, so that PostgreSQL can update a run in place.
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
    "the version of the newest code that changed the run; older code leaves the run to newer code"
    epoch: Mapped[int] = mapped_column(server_default="0")
    "the number of dispatches"
    sent_at: Mapped[datetime | None]
    "the last dispatch; NULL while the run waits to be sent"
    waiting_for: Mapped[WaitingFor | None]
    "the reason why the run is not sent yet"
    sends: Mapped[int] = mapped_column(server_default="0")
    "dispatches since it was started or resumed"
    version: Mapped[int] = mapped_column(server_default="0")
    "the ETag, raised with every change that a poller can see"
    input: Mapped[Json]
    subject: Mapped[Id4 | None] = mapped_column("part_id4", ForeignKey("parts.id4"))
    "the subject of the run: here a part, about which the engine knows nothing"
    request_id: Mapped[str | None]
    "the request to the API that started it"
    traceparent: Mapped[str | None]
    "the span in which it was started, when traces are made"
    error: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    progress_at: Mapped[CreatedAt]
    time_limit: Mapped[timedelta]
    "the working time that the run may take; time spent waiting for workers does not count"
    working_since: Mapped[datetime | None]
    "the first claim since the last dispatch"
    cancel_requested_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heal_at: Mapped[datetime | None]
    "when the engine retries the run, because the missing result may be available by then"
    heals: Mapped[int] = mapped_column(server_default="0")
    "the number of these retries"

    steps: Mapped[list[PipelineStep]] = relationship(order_by=PipelineStep.position, lazy="raise")
