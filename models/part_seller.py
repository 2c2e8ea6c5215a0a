"""Sellers of parts."""

from sqlalchemy import Computed, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Id4, SurrogateKey, length_check, name_key_sql
from schemas.text import MAX_ADDRESS, MAX_CODE, MAX_LINE


class PartSeller(Base):
    """Who sells a part, under which order code, and where; a part may have several, and a seller several codes."""

    __tablename__ = "part_sellers"
    __table_args__ = (
        length_check("seller", MAX_LINE),
        length_check("order_code", MAX_CODE),
        length_check("link", MAX_ADDRESS),
        Index("uq_part_sellers_offer", "part_id4", "seller_key", text("coalesce(order_code, '')"), unique=True),
        Index(None, "seller_key", "part_id4"),
    )

    id: Mapped[SurrogateKey]
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    seller: Mapped[str]
    seller_key: Mapped[str] = mapped_column(Computed(name_key_sql("seller"), persisted=True))
    "the same for all spellings of one name"
    order_code: Mapped[str | None]
    link: Mapped[str | None]
    created_at: Mapped[CreatedAt]
