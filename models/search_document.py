"""What is searched: the words of each part, kept by the database."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id4

STEMS = "partflow"
"The text search configuration that stems English words, and drops none."


class SearchDocument(Base):
    """What of a part is searched by words; parts that are retired or merged have no row.

    Triggers on parts, documents, sellers and requirements keep it in the transaction that changes them, by the function
    `search_refresh`; `search_content` builds rows from nothing. Types and projects stand here by their keys, so that
    renaming one changes no row.
    """

    __tablename__ = "search_documents"
    __table_args__ = (
        Index("ix_search_documents_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(TSVECTOR)
    "A: letters and number; B: maker, type, tags; C: description and values; D: sellers, file names, projects"
