"""Receipts: what came of a line of the shopping list."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Json


class ShoppingReceipt(Base):
    """A command to receive, kept as long as its line: its id again answers what it answered the first time."""

    __tablename__ = "shopping_receipts"
    __table_args__ = (Index(None, "line_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    "made by the client; the id of its stock command is derived from it"
    line_id: Mapped[int] = mapped_column(ForeignKey("shopping_list.id", ondelete="CASCADE"))
    payload: Mapped[Json]
    result: Mapped[Json]
    at: Mapped[CreatedAt]
