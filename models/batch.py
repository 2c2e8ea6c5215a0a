"""Batches: runs that one request started together."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt


class Batch(Base):
    """A batch; its progress follows from its runs."""

    __tablename__ = "batches"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    total: Mapped[int]
    "the number of runs at its start; retention deletes old ones later"
    created_at: Mapped[CreatedAt]
