"""Reorganisation plans."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CreatedAt, Json
from models.pipeline_run import PipelineRun


class ReorgPlan(Base):
    """A plan to put bags into better slots; its moves have rows of their own."""

    __tablename__ = "reorg_plans"
    __table_args__ = (Index(None, "created_at", "id"), Index(None, "run_id"), Index(None, "replaced_by"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("pipeline_runs.id", ondelete="SET NULL"))
    "the run that plans it"
    asked: Mapped[Json]
    snapshot: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    "the layout that the plan starts from, compressed"
    layout_version: Mapped[int | None] = mapped_column(BigInteger)
    "the ID of the last change in the history that the snapshot has seen"
    before: Mapped[Json | None]
    after: Mapped[Json | None]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("reorg_plans.id", ondelete="SET NULL"))
    "the plan of the rest"
    created_at: Mapped[CreatedAt]

    run: Mapped[PipelineRun | None] = relationship(lazy="raise")
