"""Parts: the kinds of component in the inventory."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, FetchedValue, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import CANONICAL_KEY_SQL, LOOSE_KEY_SQL, Base, Id4, Json, Timestamped, length_check, name_key_sql
from models.type import Type
from schemas.part import MAX_TAGS
from schemas.part_number import CODE_PATTERN
from schemas.tag import MAX_TAG
from schemas.text import MAX_ADDRESS, MAX_CODE, MAX_LINE, MAX_TEXT

_NO_WORD = f'@ == null || @ == "" || @ like_regex "^.{{{MAX_TAG + 1}}}" flag "s"'


class Part(Timestamped, Base):
    """One kind of component; `id4` is its key, written on its bag. Parts are never deleted, but retired or merged."""

    __tablename__ = "parts"
    __table_args__ = (
        CheckConstraint("id4 ~ '^[A-Z]{4}$'", name="id4_letters"),
        CheckConstraint("merged_into <> id4", name="not_merged_into_itself"),
        CheckConstraint("(merged_into IS NULL) = (merge_command_id IS NULL)", name="merged_by_command"),
        UniqueConstraint("merge_command_id"),
        length_check("manufacturer_code", MAX_CODE, pattern=CODE_PATTERN),
        length_check("manufacturer", MAX_LINE),
        length_check("description", MAX_TEXT),
        length_check("seller", MAX_LINE),
        length_check("seller_link", MAX_ADDRESS),
        CheckConstraint(f"cardinality(tags) <= {MAX_TAGS}", name="tags_count"),
        CheckConstraint(f"NOT to_jsonb(tags) @? 'strict $[*] ? ({_NO_WORD})'", name="tags_words"),
        Index(None, "canonical_key"),
        Index(None, "loose_key"),
        Index(
            "ix_parts_loose_key_near",
            "loose_key",
            postgresql_using="gin",
            postgresql_ops={"loose_key": "gin_trgm_ops"},
        ),
        Index(None, "code_order", "id4"),
        Index(None, "manufacturer_key", "id4"),
        Index(None, "seller_key", "id4"),
        Index(None, "created_at", "id4"),
        Index(None, "updated_at", "id4"),
        Index("ix_parts_kin", "type_id", "kin_order", "id4"),
        Index(None, "tags", postgresql_using="gin"),
        Index("ix_parts_image_id", "image_id", postgresql_where=text("image_id IS NOT NULL")),
        Index(
            "ix_parts_unidentified",
            "id4",
            postgresql_where=text(
                "manufacturer_code IS NULL AND description IS NULL AND type_id IS NULL AND retired_at IS NULL"
            ),
        ),
        Index("ix_parts_retired", "id4", postgresql_where=text("retired_at IS NOT NULL")),
        Index("ix_parts_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )

    id4: Mapped[Id4] = mapped_column(primary_key=True)
    manufacturer_code: Mapped[str | None]
    canonical_key: Mapped[str | None] = mapped_column(Computed(CANONICAL_KEY_SQL, persisted=True))
    "the same for all spellings of one number"
    loose_key: Mapped[str | None] = mapped_column(Text(collation="C"), Computed(LOOSE_KEY_SQL, persisted=True))
    "the same for numbers that are worth comparing"
    code_order: Mapped[str] = mapped_column(
        Text(collation="C"), Computed(f"coalesce({CANONICAL_KEY_SQL}, '~')", persisted=True)
    )
    "the sort key by part number; parts without one come last, because ~ follows every letter"
    manufacturer: Mapped[str | None]
    manufacturer_key: Mapped[str | None] = mapped_column(Computed(name_key_sql("manufacturer"), persisted=True))
    "the same for all spellings of one name"
    type_id: Mapped[int | None] = mapped_column(ForeignKey("types.id"))
    description: Mapped[str | None]
    image_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id", use_alter=True, ondelete="SET NULL"))
    kin_order: Mapped[str] = mapped_column(
        Text(collation="C"), server_default=FetchedValue(), server_onupdate=FetchedValue()
    )
    """The sort key among the parts of its type, which a trigger keeps: a value, if the type has a unit, and the number.

    The value is the first that the part's text names in this unit, or ~ when it names none. Digits of the number count
    as numbers.
    """
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    seller: Mapped[str | None]
    "the one to buy from first; part_sellers has all, with their order codes"
    seller_key: Mapped[str | None] = mapped_column(Computed(name_key_sql("seller"), persisted=True))
    seller_link: Mapped[str | None]
    set_by: Mapped[Json] = mapped_column(server_default="{}")
    "field name → person or machine; a machine only suggests changes to a person's fields"
    retired_at: Mapped[datetime | None]
    "the time since which the part is not listed and cannot receive stock"
    merged_into: Mapped[Id4 | None] = mapped_column(ForeignKey("parts.id4"))
    "the part to which this id4 leads now; no other rows refer to this part any more"
    merge_command_id: Mapped[UUID | None]

    type: Mapped[Type | None] = relationship(lazy="raise")
