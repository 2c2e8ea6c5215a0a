"""Imports: files of parts, with their progress and report."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Json, Sha256, length_check
from schemas.text import MAX_LINE


class PartImport(Base):
    """An uploaded file; the same file with the same options is the same import."""

    __tablename__ = "part_imports"
    __table_args__ = (Index(None, "run_id"), length_check("filename", MAX_LINE))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    "derived from the file and its options, so that the import is applied once"
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("pipeline_runs.id", ondelete="SET NULL"))
    filename: Mapped[str | None]
    sha256: Mapped[Sha256]
    options: Mapped[Json]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    "the file; NULL once it is applied"
    applied_at: Mapped[datetime | None]
    total: Mapped[int]
    "the number of rows"
    done: Mapped[int] = mapped_column(server_default="0")
    "the rows worked through, for pollers; none takes effect before the report exists"
    report: Mapped[Json | None]
    "the result of the import, or the bad rows that prevented it"
    created_at: Mapped[CreatedAt]

    @property
    def is_applied(self) -> bool:
        """Whether the rows have taken effect."""
        return self.applied_at is not None
