"""Blobs: bytes that are stored once, under their sha256."""

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Sha256


class Blob(Base):
    """An object in object storage."""

    __tablename__ = "blobs"
    __table_args__ = (CheckConstraint("size >= 0", name="size_not_negative"),)

    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    bucket: Mapped[str]
    s3_key: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    page_count: Mapped[int | None]
    created_at: Mapped[CreatedAt]
