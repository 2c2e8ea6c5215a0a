"""Placements: the quantities of parts in locations."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id4, InSlot, SurrogateKey


class PartLocation(InSlot, Base):
    """The quantity of a part in a location; an empty placement has no row."""

    __tablename__ = "part_locations"
    __table_args__ = (
        UniqueConstraint("part_id4", "box_no", "loc_no"),
        CheckConstraint("qty > 0", name="qty_positive"),
        ForeignKeyConstraint(["box_no", "loc_no"], ["locations.box_no", "locations.loc_no"]),
        Index(None, "box_no", "loc_no"),
    )

    id: Mapped[SurrogateKey]
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    qty: Mapped[int]
