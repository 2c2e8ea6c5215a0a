"""Receipts of lines of the shopping list."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Json


class ShoppingReceipt(Base):
    """A command to receive, kept as long as its line; a repeated ID returns the first answer.

    The stock command outlives the receipt, because history is kept for ever.
    """

    __tablename__ = "shopping_receipts"
    __table_args__ = (Index(None, "line_id"), UniqueConstraint("stock_command_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    "made by the client; the ID of the receipt's stock command is derived from it"
    line_id: Mapped[int] = mapped_column(ForeignKey("shopping_list.id", ondelete="CASCADE"))
    stock_command_id: Mapped[UUID | None] = mapped_column(ForeignKey("stock_commands.id"))
    "the command that booked it; NULL only where an old receipt names a command that does not exist"
    payload: Mapped[Json]
    result: Mapped[Json]
    at: Mapped[CreatedAt]
