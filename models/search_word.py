"""The words that parts are described by."""

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from schemas.search import WordKind


class SearchWord(Base):
    """A word, tag or maker of parts, and how many have it, as of the last time that a task learnt them.

    Spelling is corrected towards these, and typing is completed by them, so they need not be of this minute.
    """

    __tablename__ = "search_words"
    __table_args__ = (
        CheckConstraint(one_of("kind", WordKind), name="kind_known"),
        Index(
            "ix_search_words_slips",
            text("search_deletions(word, 2)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    kind: Mapped[WordKind] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    parts: Mapped[int]
