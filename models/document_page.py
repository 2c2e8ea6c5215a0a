"""The text of documents, page by page, for search and quotes."""

from sqlalchemy import Computed, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sha256


class DocumentPage(Base):
    """One page of a blob; its text is stored once, like the bytes."""

    __tablename__ = "document_pages"
    __table_args__ = (
        Index(None, "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index(
            "ix_document_pages_front",
            "words",
            postgresql_using="gin",
            postgresql_where=text("page = 1"),
            postgresql_with={"fastupdate": "off"},
        ),
    )

    blob_sha256: Mapped[Sha256] = mapped_column(ForeignKey("blobs.sha256", ondelete="CASCADE"), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    words: Mapped[str] = mapped_column(TSVECTOR, Computed("to_tsvector('english', left(text, 200000))", persisted=True))
