"""Datasheet candidates: the proposed URLs of a run, and their verdicts."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sha256, SurrogateKey, one_of
from schemas.datasheet import Verdict


class DatasheetCandidate(Base):
    """A URL, its source, and the gate's verdict, which is NULL until the gate has judged."""

    __tablename__ = "datasheet_candidates"
    __table_args__ = (
        UniqueConstraint("run_id", "index"),
        CheckConstraint(one_of("verdict", Verdict), name="verdict_known"),
        CheckConstraint("page >= 1", name="page_positive"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_range"),
        # The deletion of a blob searches for the candidates that refer to it.
        Index("ix_datasheet_candidates_blob_sha256", "blob_sha256", postgresql_where=text("blob_sha256 IS NOT NULL")),
    )

    id: Mapped[SurrogateKey]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("pipeline_runs.id", ondelete="CASCADE"))
    index: Mapped[int]
    url: Mapped[str]
    source: Mapped[str]
    verdict: Mapped[Verdict | None]
    detail: Mapped[str | None]
    final_url: Mapped[str | None]
    blob_sha256: Mapped[Sha256 | None] = mapped_column(ForeignKey("blobs.sha256", ondelete="SET NULL"))
    "the accepted file; garbage collection deletes it some time after the run has ended, and the verdict stays"
    confidence: Mapped[float | None]
    page: Mapped[int | None]
    quote: Mapped[str | None]
    "the words that the verdict rests on"
    chosen: Mapped[bool] = mapped_column(server_default="false")
