"""Boxes and the types that they are for."""

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, SurrogateKey, Timestamped, length_check, range_check
from models.location import Location
from models.type import Type
from schemas.box import MAX_BOX_DESCRIPTION, MAX_CAPACITY


class Box(Timestamped, Base):
    """A numbered box with numbered locations; the database gives it a number, which is never reused."""

    __tablename__ = "boxes"
    __table_args__ = (
        UniqueConstraint("box_no"),
        UniqueConstraint("id", "box_no"),
        length_check("description", MAX_BOX_DESCRIPTION, pattern=None),
        range_check("capacity", 1, MAX_CAPACITY),
    )

    id: Mapped[SurrogateKey]
    box_no: Mapped[int] = mapped_column(Identity(always=True))
    description: Mapped[str]
    capacity: Mapped[int]

    locations: Mapped[list[Location]] = relationship(order_by=Location.loc_no, lazy="raise")
    types: Mapped[list[Type]] = relationship(secondary="box_types", order_by=Type.name, lazy="raise")


class BoxType(Base):
    """A type that a box is for."""

    __tablename__ = "box_types"
    __table_args__ = (Index(None, "type_id"),)

    box_id: Mapped[int] = mapped_column(ForeignKey("boxes.id", ondelete="CASCADE"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("types.id", ondelete="CASCADE"), primary_key=True)
