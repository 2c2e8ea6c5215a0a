"""Permits: who is talking to a host or a model just now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Permit(Base):
    """One of the few that may use a resource at a time; one that was never given back ends by itself."""

    __tablename__ = "permits"

    resource: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[UUID] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
