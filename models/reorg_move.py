"""The moves of reorganisation plans."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id4, one_of
from models.part import Part
from schemas.reorg import ReorgMoveState
from schemas.slot import Slot


class ReorgMove(Base):
    """A bag that goes from one slot to another; the moves of a cycle share a step and are applied together.

    Its slots are no foreign keys: a box that is gone only makes the move impossible.
    """

    __tablename__ = "reorg_moves"
    __table_args__ = (
        CheckConstraint(one_of("state", ReorgMoveState), name="state_known"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("(from_box, from_loc) <> (to_box, to_loc)", name="goes_elsewhere"),
        CheckConstraint("state <> 'applied' OR command_id IS NOT NULL", name="applied_by_command"),
        CheckConstraint("state <> 'undone' OR undo_command_id IS NOT NULL", name="undone_by_command"),
        Index(None, "plan_id", "step"),
        Index(None, "plan_id", "sitting"),
        Index(None, "part_id4"),
        Index(None, "command_id"),
        Index(None, "undo_command_id"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("reorg_plans.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    "its place in the order in which each move is possible"
    step: Mapped[int]
    sitting: Mapped[int]
    part_id4: Mapped[Id4] = mapped_column(ForeignKey("parts.id4"))
    from_box: Mapped[int]
    from_loc: Mapped[int]
    to_box: Mapped[int]
    to_loc: Mapped[int]
    quantity: Mapped[int]
    "that lay there when it was planned"
    gain: Mapped[float]
    "by how much the objective falls; a cycle's is shared out evenly"
    state: Mapped[ReorgMoveState] = mapped_column(server_default=ReorgMoveState.PROPOSED)
    reason: Mapped[str | None]
    "why it was refused the last time"
    command_id: Mapped[UUID | None] = mapped_column(ForeignKey("stock_commands.id"))
    "the command that applied it the last time"
    undo_command_id: Mapped[UUID | None] = mapped_column(ForeignKey("stock_commands.id"))
    changed_at: Mapped[datetime | None]

    part: Mapped[Part] = relationship(lazy="raise")

    @property
    def origin(self) -> Slot:
        """Where the bag lay."""
        return Slot(self.from_box, self.from_loc)

    @property
    def target(self) -> Slot:
        """Where it goes."""
        return Slot(self.to_box, self.to_loc)
