"""The imported parts catalogue."""

from sqlalchemy import CheckConstraint, Computed, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CANONICAL_KEY_SQL, LOOSE_KEY_SQL, Base, SurrogateKey, length_check
from schemas.catalogue import MAX_CATALOGUE_TEXT, SOURCE_PATTERN, WEB_PATTERN
from schemas.part_number import CODE_PATTERN
from schemas.text import MAX_CODE, MAX_LINE


class CataloguePart(Base):
    """A catalogue's entry for a part number."""

    __tablename__ = "catalogue_parts"
    __table_args__ = (
        UniqueConstraint("source", "manufacturer_code"),
        Index(None, "canonical_key"),
        Index(None, "loose_key"),
        CheckConstraint(f"source ~ '{SOURCE_PATTERN}'", name="source_word"),
        length_check("manufacturer_code", MAX_CODE, pattern=CODE_PATTERN),
        length_check("manufacturer", MAX_LINE),
        length_check("description", MAX_CATALOGUE_TEXT),
        length_check("keywords", MAX_CATALOGUE_TEXT),
        length_check("type_name", MAX_LINE),
        length_check("datasheet_url", MAX_CATALOGUE_TEXT, pattern=WEB_PATTERN),
    )

    id: Mapped[SurrogateKey]
    source: Mapped[str]
    manufacturer_code: Mapped[str]
    canonical_key: Mapped[str] = mapped_column(Computed(CANONICAL_KEY_SQL, persisted=True))
    loose_key: Mapped[str] = mapped_column(Computed(LOOSE_KEY_SQL, persisted=True))
    manufacturer: Mapped[str | None]
    description: Mapped[str | None]
    keywords: Mapped[str | None]
    type_name: Mapped[str | None]
    datasheet_url: Mapped[str | None]
