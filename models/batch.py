"""Batches: runs that one request started together."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt


class Batch(Base):
    """A batch; how far it is, its runs say."""

    __tablename__ = "batches"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    total: Mapped[int]
    "of the runs it began with; old ones are deleted in time"
    created_at: Mapped[CreatedAt]
