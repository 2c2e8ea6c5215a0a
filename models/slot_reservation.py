"""Slots that are kept for parts."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id4, InSlot
from models.part import Part
from models.suggestion import Suggestion


class SlotReservation(InSlot, Base):
    """A slot that is kept for a part, for a time; its key decides which part gets a slot that several want."""

    __tablename__ = "slot_reservations"
    __table_args__ = (
        PrimaryKeyConstraint("box_no", "loc_no"),
        ForeignKeyConstraint(["box_no", "loc_no"], ["locations.box_no", "locations.loc_no"], ondelete="CASCADE"),
        Index(None, "part_id4"),
        Index(None, "suggestion_id"),
        Index(None, "until"),
    )

    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestions.id", ondelete="CASCADE"))
    "the suggestion of stock that keeps it until it is decided; NULL when the slot was asked for"
    until: Mapped[datetime | None]
    "NULL means until the suggestion is decided"

    part: Mapped[Part] = relationship(lazy="raise")
    suggestion: Mapped[Suggestion | None] = relationship(lazy="raise")
