"""What is searched: the number of each part, kept by the database."""

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id4


class SearchNumber(Base):
    """The number of a part that has a search document, in a narrow row, so that many are compared quickly.

    It is kept like the documents; a part whose description changes keeps this row as it is.
    """

    __tablename__ = "search_numbers"
    __table_args__ = (
        Index(None, "key", "id4"),
        Index(None, "fold", "id4"),
        Index(
            "ix_search_numbers_slips",
            text("search_deletions(fold, 2)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        Index(
            "ix_search_numbers_infix",
            "key",
            postgresql_using="gin",
            postgresql_ops={"key": "gin_trgm_ops"},
            postgresql_with={"fastupdate": "off"},
        ),
    )

    id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"))
    "the loose key"
    fold: Mapped[str] = mapped_column(Text(collation="C"))
    "that key with one character for all that look alike"
