"""Builds: what was asked for, and what it took."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Json


class ProjectBuild(Base):
    """A command to build, kept for ever: its id again answers what it answered the first time."""

    __tablename__ = "project_builds"
    __table_args__ = (Index(None, "project_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    "made by the client; the ids of its stock commands are derived from it"
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    payload: Mapped[Json]
    result: Mapped[Json]
    at: Mapped[CreatedAt]
