"""Parts: the kinds of component in the inventory."""

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import CODE_KEY_SQL, Base, Id4, Json, Timestamped
from models.type import Type


class Part(Timestamped, Base):
    """One kind of component; `id4` is its key and what is written on its bag. Never deleted."""

    __tablename__ = "parts"
    __table_args__ = (
        CheckConstraint("id4 ~ '^[A-Z]{4}$'", name="id4_letters"),
        Index(None, "code_key"),
        Index(None, "type_id"),
        Index(None, "tags", postgresql_using="gin"),
    )

    id4: Mapped[Id4] = mapped_column(primary_key=True)
    manufacturer_code: Mapped[str | None]
    code_key: Mapped[str | None] = mapped_column(Computed(CODE_KEY_SQL, persisted=True))
    manufacturer: Mapped[str | None]
    type_id: Mapped[int | None] = mapped_column(ForeignKey("types.id"))
    description: Mapped[str | None]
    image_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id", use_alter=True, ondelete="SET NULL"))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    seller: Mapped[str | None]
    seller_link: Mapped[str | None]
    set_by: Mapped[Json] = mapped_column(server_default="{}")
    "field name → person or machine; what a person set, a machine only proposes to change"

    type: Mapped[Type | None] = relationship(lazy="raise")
