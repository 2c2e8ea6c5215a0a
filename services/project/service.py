"""Projects."""

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models import Project, ProjectBuild, ProjectRequirement, ShoppingLine
from schemas.errors import Conflict, NotFound
from schemas.project import ProjectState


class ProjectService:
    """What a project needs, and builds of it, change under the lock of its row, which is taken before any part's."""

    @staticmethod
    def create(session: Session, *, name: str, description: str | None, builds: int) -> Project:
        """Add a project.

        Raises:
            Conflict: there is one of that name.
        """
        _must_be_free(session, name)
        project = Project(name=name, description=description, builds=builds, state=ProjectState.ACTIVE)
        session.add(project)
        session.flush()
        return project

    @staticmethod
    def list(
        session: Session, *, state: ProjectState | None = None, after: int | None = None, limit: int
    ) -> Sequence[Project]:
        """Return projects, oldest first, those after one."""
        query = select(Project).order_by(Project.id).limit(limit)
        if state is not None:
            query = query.where(Project.state == state)
        if after is not None:
            query = query.where(Project.id > after)
        return session.scalars(query).all()

    @staticmethod
    def get(session: Session, project_id: int) -> Project:
        """Return a project.

        Raises:
            NotFound: there is no such project.
        """
        return _found(project_id, session.get(Project, project_id))

    @staticmethod
    def lock(session: Session, project_id: int) -> Project:
        """Return a project for the caller alone to change, with what it needs, until its transaction ends.

        Raises:
            NotFound: there is no such project.
        """
        # Rows that refer to the project may come meanwhile: they are not what is changed.
        lock = {"key_share": True}
        return _found(project_id, session.get(Project, project_id, with_for_update=lock, populate_existing=True))

    @staticmethod
    def update(session: Session, project: Project, changes: Mapping[str, object]) -> None:
        """Set fields of a locked project.

        Raises:
            Conflict: another project has that name.
        """
        if "name" in changes:
            _must_be_free(session, str(changes["name"]), but=project)
        for field, value in changes.items():
            setattr(project, field, value)
        session.flush()

    @staticmethod
    def delete(session: Session, project_id: int) -> None:
        """Take away a project that was never built; what is on the shopping list for it stays there.

        Raises:
            NotFound: there is no such project.
            Conflict: it was built.
        """
        project = ProjectService.lock(session, project_id)
        if session.scalar(select(exists().where(ProjectBuild.project_id == project.id))):
            raise Conflict(f"{project.name} was built, which is kept; archive it instead", state=project.state)
        # By their keys, as everybody locks them; the database would take them as they lie, and wait in a circle.
        for table in (ProjectRequirement, ShoppingLine):
            hanging = select(table.id).where(table.project_id == project.id)
            session.execute(hanging.order_by(table.id).with_for_update())
        session.delete(project)
        session.flush()


def _found(project_id: int, project: Project | None) -> Project:
    if project is None:
        raise NotFound("project", project_id)
    return project


def _must_be_free(session: Session, name: str, but: Project | None = None) -> None:
    other = session.scalar(select(Project).where(func.lower(Project.name) == func.lower(name)))
    if other is not None and other is not but:
        raise Conflict(f"there is a project {other.name} already; choose another name", name=other.name, id=other.id)
