"""Projects, which are built from parts."""

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, SurrogateKey, Timestamped, length_check, one_of, range_check
from schemas.project import MAX_BUILDS, MAX_PROJECT_NAME, ProjectState
from schemas.text import MAX_TEXT


class Project(Timestamped, Base):
    """A project to build, once or several times; two names differ by more than case."""

    __tablename__ = "projects"
    __table_args__ = (
        Index("uq_projects_name", text("lower(name)"), unique=True),
        CheckConstraint(one_of("state", ProjectState), name="state_known"),
        length_check("name", MAX_PROJECT_NAME),
        length_check("description", MAX_TEXT),
        range_check("builds", 0, MAX_BUILDS),
    )

    id: Mapped[SurrogateKey]
    name: Mapped[str]
    description: Mapped[str | None]
    state: Mapped[ProjectState] = mapped_column(server_default=ProjectState.ACTIVE)
    builds: Mapped[int]
    "the builds that are planned and not done yet"
