"""Beats: the processes that fire schedules; one of them leads."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Beat(Base):
    """A beat with its last heartbeat, which is also its lease on the lead; times are of the database's clock."""

    __tablename__ = "beats"
    __table_args__ = (
        Index("uq_beats_leads", "leads", unique=True, postgresql_where=text("leads")),
        {"postgresql_with": {"fillfactor": "50"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    leads: Mapped[bool] = mapped_column(server_default="false")
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
