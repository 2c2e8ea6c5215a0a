"""Builds: the commands, and their results."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CreatedAt, Json


class ProjectBuild(Base):
    """A command to build, kept for ever like its stock commands; a repeated ID returns the first answer."""

    __tablename__ = "project_builds"
    __table_args__ = (Index(None, "project_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    "made by the client; the IDs of the build's stock commands are derived from it"
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    payload: Mapped[Json]
    result: Mapped[Json]
    at: Mapped[CreatedAt]


class BuildCommand(Base):
    """A command on the stock of a part that a build gave."""

    __tablename__ = "project_build_commands"
    __table_args__ = (Index(None, "build_id"),)

    stock_command_id: Mapped[UUID] = mapped_column(ForeignKey("stock_commands.id"), primary_key=True)
    build_id: Mapped[UUID] = mapped_column(ForeignKey("project_builds.id", ondelete="CASCADE"))
