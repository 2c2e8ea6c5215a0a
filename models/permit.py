"""Permits: the current users of a limited resource, such as a host or a model."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Permit(Base):
    """One of the limited uses of a resource at a time; a permit that was never returned expires."""

    __tablename__ = "permits"

    resource: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[UUID] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
