"""History: every change of stock, kept for ever."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CreatedAt, Id4, InSlot, SurrogateKey, length_check
from models.stock_command import StockCommand
from schemas.stock import MAX_REASON


class History(InSlot, Base):
    """One change of a placement; the sum of a part's rows is the sum of its placements, slot by slot."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("command_id", "part_id4", "box_no", "loc_no"),
        CheckConstraint("delta_qty <> 0", name="delta_qty_not_zero"),
        length_check("reason", MAX_REASON),
        Index(None, "part_id4", "id"),
    )

    id: Mapped[SurrogateKey]
    command_id: Mapped[UUID] = mapped_column(ForeignKey("stock_commands.id"))
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    delta_qty: Mapped[int]
    reason: Mapped[str]
    at: Mapped[CreatedAt]

    command: Mapped[StockCommand] = relationship(lazy="raise")
