"""Firings of schedules: the row comes first, then the message that starts the work."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, SurrogateKey


class ScheduleFiring(Base):
    """A due time of a schedule, recorded once however many beats see it."""

    __tablename__ = "schedule_firings"
    __table_args__ = (
        UniqueConstraint("schedule", "due_at"),
        Index(None, "schedule", "id"),
        Index("ix_schedule_firings_unsent", "id", postgresql_where=text("sent_at IS NULL AND NOT is_replaced")),
    )

    id: Mapped[SurrogateKey]
    schedule: Mapped[str] = mapped_column(ForeignKey("schedules.name", ondelete="CASCADE"))
    due_at: Mapped[datetime]
    by_person: Mapped[bool] = mapped_column(server_default="false")
    recorded_at: Mapped[CreatedAt]
    is_replaced: Mapped[bool] = mapped_column(server_default="false")
    "a later firing of the schedule stands for this one, which could not be sent before"
    sent_at: Mapped[datetime | None]
    "when the broker had the message"
