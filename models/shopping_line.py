"""The lines of the shopping list."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id4, SurrogateKey, Timestamped, length_check, one_of, range_check
from models.part import Part
from schemas.shopping import LineState
from schemas.stock import MAX_QUANTITY
from schemas.text import MAX_ADDRESS, MAX_LINE, MAX_TEXT


class ShoppingLine(Timestamped, Base):
    """A quantity to buy of a part, or of a text for something that is not a part yet."""

    __tablename__ = "shopping_list"
    __table_args__ = (
        CheckConstraint("num_nonnulls(part_id4, text) = 1", name="part_or_text"),
        length_check("text", MAX_LINE),
        range_check("quantity", 1, MAX_QUANTITY),
        length_check("seller", MAX_LINE),
        length_check("seller_link", MAX_ADDRESS),
        length_check("note", MAX_TEXT),
        CheckConstraint("received >= 0", name="received_not_negative"),
        CheckConstraint(one_of("state", LineState), name="state_known"),
        Index(None, "state", "id"),
        Index(None, "part_id4"),
        Index(None, "project_id"),
    )

    id: Mapped[SurrogateKey]
    part_id4: Mapped[Id4 | None] = mapped_column(ForeignKey("parts.id4"))
    text: Mapped[str | None]
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(server_default="0")
    seller: Mapped[str | None]
    seller_link: Mapped[str | None]
    note: Mapped[str | None]
    state: Mapped[LineState] = mapped_column(server_default=LineState.WANTED)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    ordered_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]

    part: Mapped[Part | None] = relationship(lazy="raise")
