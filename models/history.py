"""History: every change of stock, for ever."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Id4, SurrogateKey


class History(Base):
    """One change of a placement; the sum of a part's rows is the sum of its placements."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("command_id", "part_id4", "box_no", "loc_no"),
        CheckConstraint("delta_qty <> 0", name="delta_qty_not_zero"),
        Index(None, "part_id4", "at"),
    )

    id: Mapped[SurrogateKey]
    command_id: Mapped[UUID]
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    delta_qty: Mapped[int]
    reason: Mapped[str]
    box_no: Mapped[int]
    loc_no: Mapped[int]
    at: Mapped[CreatedAt]
