"""Thumbnails: small pictures of documents."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Sha256
from models.blob import Blob


class Thumbnail(Base):
    """A small picture of a blob, itself a blob; `side` is the maximum of its longer side in pixels."""

    __tablename__ = "thumbnails"
    __table_args__ = (CheckConstraint("side > 0", name="side_positive"), Index(None, "image_sha256"))

    blob_sha256: Mapped[Sha256] = mapped_column(ForeignKey("blobs.sha256", ondelete="CASCADE"), primary_key=True)
    side: Mapped[int] = mapped_column(primary_key=True)
    image_sha256: Mapped[Sha256] = mapped_column(ForeignKey("blobs.sha256"))

    image: Mapped[Blob] = relationship(foreign_keys=image_sha256, lazy="raise")
