"""Synonyms of tags: other words for tags, which are never stored on a part."""

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, length_check
from schemas.tag import MAX_TAG


class TagSynonym(Base):
    """A word and its tag, which is not a synonym itself."""

    __tablename__ = "tag_synonyms"
    __table_args__ = (
        CheckConstraint("synonym <> tag", name="not_of_itself"),
        length_check("synonym", MAX_TAG),
        length_check("tag", MAX_TAG),
        Index(None, "tag"),
    )

    synonym: Mapped[str] = mapped_column(primary_key=True)
    tag: Mapped[str]
    created_at: Mapped[CreatedAt]
