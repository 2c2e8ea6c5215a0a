"""Blobs: objects that are stored once, under their sha256."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Json, Sha256
from schemas.document import SHA256_PATTERN


class Blob(Base):
    """An object in object storage; its row is inserted before the object is stored, and deleted after it."""

    __tablename__ = "blobs"
    __table_args__ = (
        CheckConstraint(f"sha256 ~ '{SHA256_PATTERN}'", name="sha256_hex"),
        CheckConstraint("size >= 0", name="size_not_negative"),
        Index(None, "touched_at"),
        Index("ix_blobs_unprepared", "touched_at", postgresql_where=text("prepared_at IS NULL")),
    )

    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    bucket: Mapped[str]
    s3_key: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    page_count: Mapped[int | None]
    properties: Mapped[Json | None]
    "of a PDF, as schemas.pdf.PdfProperties; NULL until its structure was read"
    created_at: Mapped[CreatedAt]
    touched_at: Mapped[datetime] = mapped_column(server_default=func.now())
    "the last upload of these bytes, or the last time before a new use; only untouched blobs become garbage"
    prepared_at: Mapped[datetime | None]
    "when its pages were indexed, its structure read and its thumbnails made, as far as possible"
