"""The chapters of documents, as their outlines name them."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sha256, length_check, range_check
from schemas.pdf import MAX_LABEL, MAX_LEVEL
from schemas.text import MAX_LINE


class DocumentChapter(Base):
    """One chapter of a blob, at its position in the outline; stored once, like the bytes."""

    __tablename__ = "document_chapters"
    __table_args__ = (
        range_check("level", 1, MAX_LEVEL),
        length_check("title", MAX_LINE),
        CheckConstraint("page >= 1", name="page_positive"),
        length_check("label", MAX_LABEL),
    )

    blob_sha256: Mapped[Sha256] = mapped_column(ForeignKey("blobs.sha256", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[int]
    title: Mapped[str]
    page: Mapped[int | None]
    label: Mapped[str | None]
    "what is printed as the page's number, if that differs"
