"""Locations: the numbered slots of boxes."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, InSlot, SurrogateKey


class Location(InSlot, Base):
    """A location of a box: location 3 of box 7 is written 7-3; `box_no` is that of its box."""

    __tablename__ = "locations"
    __table_args__ = (
        UniqueConstraint("box_no", "loc_no"),
        ForeignKeyConstraint(["box_id", "box_no"], ["boxes.id", "boxes.box_no"], ondelete="CASCADE"),
        CheckConstraint("loc_no > 0", name="loc_no_positive"),
        Index(None, "box_id"),
        Index("ix_locations_free", "box_no", "loc_no", postgresql_where=text("is_free")),
    )

    id: Mapped[SurrogateKey]
    box_id: Mapped[int] = mapped_column(BigInteger)
    is_free: Mapped[bool] = mapped_column(server_default=true())
    "whether nothing lies there and it is not kept for a part; triggers keep it"
