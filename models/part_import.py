"""Imports: a file of parts, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Json, Sha256, length_check
from schemas.text import MAX_LINE


class PartImport(Base):
    """A file that was handed in; the same file with the same options is the same import."""

    __tablename__ = "part_imports"
    __table_args__ = (Index(None, "run_id"), length_check("filename", MAX_LINE))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    "made of the file and its options, so that it is applied once"
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("pipeline_runs.id", ondelete="SET NULL"))
    filename: Mapped[str | None]
    sha256: Mapped[Sha256]
    options: Mapped[Json]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    "until it is applied"
    applied_at: Mapped[datetime | None]
    total: Mapped[int]
    "rows"
    done: Mapped[int] = mapped_column(server_default="0")
    "rows that are worked through, for who waits; nothing counts before the report is there"
    report: Mapped[Json | None]
    "what was done, or why nothing was"
    created_at: Mapped[CreatedAt]

    @property
    def is_applied(self) -> bool:
        """Whether its rows count."""
        return self.applied_at is not None
