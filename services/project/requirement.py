"""Requirements: the lines of a project, which say what one build needs."""

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from models import Part, Project, ProjectRequirement, ShoppingLine
from schemas.errors import Conflict, InvalidInput, NotFound
from schemas.project import MAX_PER_BUILD, NewRequirement
from schemas.shopping import LineState
from schemas.text import MAX_TEXT
from services.part import PartLockService

MAX_LINES = 2000


class RequirementService:
    """A project has at most one line for each part and placeholder; lines that become the same are added up."""

    @staticmethod
    def list(session: Session, project_id: int) -> Sequence[ProjectRequirement]:
        """Return the lines of a project with their parts, oldest first."""
        query = select(ProjectRequirement).where(ProjectRequirement.project_id == project_id)
        query = query.options(joinedload(ProjectRequirement.part)).order_by(ProjectRequirement.id)
        return session.scalars(query.execution_options(populate_existing=True)).all()

    @staticmethod
    def get(session: Session, project_id: int, requirement_id: int) -> ProjectRequirement:
        """Return a line of a project.

        Raises:
            NotFound: this project does not have the line.
        """
        query = select(ProjectRequirement).options(joinedload(ProjectRequirement.part))
        query = query.where(ProjectRequirement.project_id == project_id, ProjectRequirement.id == requirement_id)
        found = session.scalar(query.execution_options(populate_existing=True))
        if found is None:
            raise NotFound("requirement", requirement_id)
        return found

    @staticmethod
    def create(session: Session, project: Project, lines: Sequence[NewRequirement]) -> Sequence[ProjectRequirement]:
        """Add lines to a locked project, all of them or none.

        Raises:
            NotFound: a part does not exist.
            InvalidInput: a part or placeholder is named twice.
            Conflict: the project already has a line for it, or would have too many lines.
        """
        parts = PartLockService.lock(session, {line.part for line in lines if line.part})
        there = {_key(line.part_id4, line.placeholder) for line in RequirementService.list(session, project.id)}
        if len(there) + len(lines) > MAX_LINES:
            raise Conflict(
                f"the project would have {len(there) + len(lines)} lines, but can have {MAX_LINES}; split the project",
                lines=len(there),
                limit=MAX_LINES,
            )
        added: dict[str, ProjectRequirement] = {}
        for line in lines:
            part = parts[line.part] if line.part else None
            key = _key(part.id4 if part else None, line.placeholder)
            if key in added:
                raise InvalidInput(f"{key} is named twice; name it once, with the whole quantity", field="requirements")
            if key in there:
                raise Conflict(f"the project already has a line for {key}; change that line", name=key)
            fields = line.model_dump(exclude={"part"})
            added[key] = ProjectRequirement(project_id=project.id, part=part, **fields)
        session.add_all(added.values())
        session.flush()
        return list(added.values())

    @staticmethod
    def update(
        session: Session, project: Project, requirement_id: int, changes: Mapping[str, object]
    ) -> ProjectRequirement:
        """Change a line of a locked project; if another line has the new part, both are added up there.

        Raises:
            NotFound: the line or the part does not exist.
            Conflict: another line has that placeholder, the line has a part and cannot become a placeholder, or
                added-up lines are more than one can hold.
        """
        fields = dict(changes)
        id4 = fields.pop("part", None)
        parts = PartLockService.lock(session, [str(id4)] if id4 else [])
        line = RequirementService.get(session, project.id, requirement_id)
        if "placeholder" in fields:
            _rename(session, line, str(fields["placeholder"]))
        for field, value in fields.items():
            setattr(line, field, value)
        session.flush()
        return RequirementService.assign_part(session, line, parts[str(id4)]) if id4 else line

    @staticmethod
    def assign_part(session: Session, line: ProjectRequirement, part: Part) -> ProjectRequirement:
        """Give a line a locked part; open shopping lines for its placeholder get the part too.

        Raises:
            Conflict: another line has the part, and both together are more than a line can hold.
        """
        if line.placeholder is not None:
            _follow(session, line, {"part_id4": part.id4, "text": None})
        query = select(ProjectRequirement).where(
            ProjectRequirement.project_id == line.project_id,
            ProjectRequirement.part_id4 == part.id4,
            ProjectRequirement.id != line.id,
        )
        other = session.scalar(query)
        if other is None:
            line.part_id4, line.part, line.placeholder = part.id4, part, None
            session.flush()
            return line
        _add_up(other, line)
        session.delete(line)
        session.flush()
        return RequirementService.get(session, other.project_id, other.id)

    @staticmethod
    def delete(session: Session, project: Project, requirement_id: int) -> None:
        """Delete a line of a locked project.

        Raises:
            NotFound: this project does not have the line.
        """
        PartLockService.lock(session, [])
        session.delete(RequirementService.get(session, project.id, requirement_id))
        session.flush()

    @staticmethod
    def join(session: Session, source: Part, target: Part) -> None:
        """Add up the lines of two locked parts in projects that need both, before one part is merged into the other.

        Raises:
            Conflict: two lines together are more than one can hold.
        """
        theirs, mine = aliased(ProjectRequirement), ProjectRequirement
        for table in (ProjectRequirement, ShoppingLine):
            hanging = select(table.id).where(table.part_id4.in_((source.id4, target.id4)))
            session.execute(hanging.order_by(table.id).with_for_update())
        both = and_(theirs.part_id4 == source.id4, theirs.project_id == mine.project_id)
        pairs = select(mine, theirs).join(theirs, both).where(mine.part_id4 == target.id4)
        for line, other in session.execute(pairs.execution_options(populate_existing=True)).all():
            _add_up(line, other)
            session.delete(other)
        session.flush()


def _key(id4: str | None, placeholder: str | None) -> str:
    return id4 or (placeholder or "").lower()


def _rename(session: Session, line: ProjectRequirement, placeholder: str) -> None:
    if line.placeholder is None:
        raise Conflict(
            f"the line already has part {line.part_id4}; name another part, or add a line", part=line.part_id4
        )
    same = func.lower(ProjectRequirement.placeholder) == func.lower(placeholder)
    query = select(ProjectRequirement.id).where(ProjectRequirement.project_id == line.project_id, same)
    other = session.scalar(query)
    if other not in (None, line.id):
        raise Conflict(f"the project already has a line for {placeholder}; change that line", id=other)
    _follow(session, line, {"text": placeholder})


def _follow(session: Session, line: ProjectRequirement, values: Mapping[str, object]) -> None:
    """Change the shopping lines for a placeholder of a project that are not received yet."""
    same = (
        ShoppingLine.project_id == line.project_id,
        func.lower(ShoppingLine.text) == func.lower(line.placeholder),
        ShoppingLine.state != LineState.RECEIVED,
    )
    ids = session.scalars(select(ShoppingLine.id).where(*same).order_by(ShoppingLine.id).with_for_update()).all()
    changed = update(ShoppingLine).where(ShoppingLine.id.in_(ids)).values(values)
    session.execute(changed.execution_options(synchronize_session=False))


def _add_up(line: ProjectRequirement, other: ProjectRequirement) -> None:
    """Add the need of another line to a line.

    Raises:
        Conflict: the sum is more than a line can hold.
    """
    quantity = line.quantity + other.quantity
    designators = ", ".join(filter(None, (line.designators, other.designators)))
    note = "; ".join(filter(None, (line.note, other.note)))
    for field, size, most in (
        ("quantity", quantity, MAX_PER_BUILD),
        ("designators", len(designators), MAX_TEXT),
        ("note", len(note), MAX_TEXT),
    ):
        if size > most:
            raise Conflict(
                f"lines {line.id} and {other.id} of project {line.project_id} become one, and the {field} of both "
                f"together is over the limit: {size}, at most {most}; reduce one of them first",
                field=field,
                project=line.project_id,
                limit=most,
            )
    line.quantity, line.designators, line.note = quantity, designators or None, note or None
