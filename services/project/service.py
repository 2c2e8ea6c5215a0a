"""Projects."""

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models import Project, ProjectBuild, ProjectRequirement, ShoppingLine
from schemas.errors import Conflict, NotFound
from schemas.project import ProjectState


class ProjectService:
    """The lines and builds of a project change under the lock of its row, which is taken before any part's."""

    @staticmethod
    def create(session: Session, *, name: str, description: str | None, builds: int) -> Project:
        """Add a project.

        Raises:
            Conflict: another project has that name.
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
        """Return projects, oldest first; `after` is the ID of the last one of the page before."""
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
            NotFound: the project does not exist.
        """
        return _found(project_id, session.get(Project, project_id))

    @staticmethod
    def lock(session: Session, project_id: int) -> Project:
        """Return a project, locked with its lines until the caller's transaction ends.

        Raises:
            NotFound: the project does not exist.
        """
        # Other transactions may still insert rows that refer to the project, because those do not change it.
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
        """Delete a project that was never built; its shopping lines stay.

        Raises:
            NotFound: the project does not exist.
            Conflict: the project was built.
        """
        project = ProjectService.lock(session, project_id)
        if session.scalar(select(exists().where(ProjectBuild.project_id == project.id))):
            raise Conflict(
                f"project {project.name} was built, and its builds are kept; archive it instead", state=project.state
            )
        # Locked by key, as everywhere; the cascade would lock them in physical order, and could deadlock.
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
        raise Conflict(f"project {other.name} already exists; choose another name", name=other.name, id=other.id)
