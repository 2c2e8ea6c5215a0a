"""The lines of the shopping list."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models import Part, Project, ProjectRequirement, ShoppingLine
from schemas.company import SELLERS
from schemas.errors import Conflict, NotFound
from schemas.shopping import LineQuery, LineState, NewLine
from services.part import PartService
from services.project import ProjectService, RequirementService


class ShoppingService:
    """A line is wanted, then ordered, then received; its row is locked after its project and its part."""

    @staticmethod
    def create(session: Session, new: NewLine) -> ShoppingLine:
        """Add a line.

        Raises:
            NotFound: the part or the project does not exist.
        """
        if new.project is not None:
            _keep_project(session, new.project)
        part = PartService.lock(session, new.part) if new.part else None
        line = ShoppingService.create_for_part(session, part, new)
        session.flush()
        return line

    @staticmethod
    def create_for_part(session: Session, part: Part | None, new: NewLine) -> ShoppingLine:
        """Add a line for a locked part, or for a text, without a flush."""
        line = ShoppingLine(
            part=part,
            **new.model_dump(exclude={"part", "project"}),
            project_id=new.project,
            state=LineState.WANTED,
            received=0,
        )
        if part is not None and line.seller is None:
            line.seller, line.seller_link = part.seller, line.seller_link or part.seller_link
        session.add(line)
        return line

    @staticmethod
    def list(session: Session, query: LineQuery, *, limit: int) -> Sequence[ShoppingLine]:
        """Return lines, oldest first; `query.after` is the ID of the last one of the page before."""
        lines = select(ShoppingLine).options(joinedload(ShoppingLine.part)).order_by(ShoppingLine.id).limit(limit)
        if query.state is not None:
            lines = lines.where(ShoppingLine.state == query.state)
        if query.project is not None:
            lines = lines.where(ShoppingLine.project_id == query.project)
        if query.part is not None:
            lines = lines.where(ShoppingLine.part_id4 == PartService.resolve(session, query.part))
        if query.after is not None:
            lines = lines.where(ShoppingLine.id > query.after)
        return session.scalars(lines).all()

    @staticmethod
    def list_by_seller(session: Session, state: LineState) -> Sequence[ShoppingLine]:
        """Return all lines of a state by seller, whose name may be written in several ways; those without come last."""
        query = select(ShoppingLine).where(ShoppingLine.state == state).options(joinedload(ShoppingLine.part))
        lines = session.scalars(query.order_by(ShoppingLine.id))
        return sorted(lines, key=lambda line: (line.seller is None, SELLERS.key(line.seller or "")))

    @staticmethod
    def get(session: Session, line_id: int) -> ShoppingLine:
        """Return a line with its part.

        Raises:
            NotFound: the line does not exist.
        """
        (line,) = ShoppingService.get_several(session, [line_id])
        return line

    @staticmethod
    def get_several(session: Session, ids: Collection[int], *, lock: bool = False) -> Sequence[ShoppingLine]:
        """Return lines with their parts, oldest first, and lock them if `lock` is true.

        Raises:
            NotFound: the line does not exist.
        """
        query = select(ShoppingLine).where(ShoppingLine.id.in_(ids)).order_by(ShoppingLine.id)
        query = query.options(joinedload(ShoppingLine.part)).execution_options(populate_existing=True)
        if lock:
            query = query.with_for_update(of=ShoppingLine)
        lines = session.scalars(query).all()
        if missing := set(ids) - {line.id for line in lines}:
            raise NotFound("shopping line", min(missing))
        return lines

    @staticmethod
    def lock(session: Session, line_id: int) -> ShoppingLine:
        """Return a line, locked until the caller's transaction ends; lock its part before.

        Raises:
            NotFound: the line does not exist.
        """
        (line,) = ShoppingService.get_several(session, [line_id], lock=True)
        return line

    @staticmethod
    def update(session: Session, line_id: int, changes: Mapping[str, object]) -> ShoppingLine:
        """Change a line that is not received; it becomes received when its new quantity has already arrived.

        Raises:
            NotFound: the line or the part does not exist.
            Conflict: the line is received, or some of it has already arrived as another part.
        """
        fields = dict(changes)
        line, id4 = ShoppingService.get(session, line_id), fields.pop("part", None)
        if id4:
            ShoppingService.lock_project(session, line)
            ShoppingService.identify(session, line, PartService.lock(session, str(id4)))
        line = ShoppingService.lock(session, line_id)
        _must_be(line, LineState.WANTED, LineState.ORDERED, to="be changed")
        for field, value in fields.items():
            setattr(line, field, value)
        ShoppingService.settle(session, line)
        session.flush()
        return line

    @staticmethod
    def lock_project(session: Session, line: ShoppingLine) -> None:
        """Lock the project of a line, if it has one, and read the line again; call this before locking a part.

        Raises:
            NotFound: the line was deleted meanwhile.
        """
        if line.project_id is not None:
            with suppress(NotFound):  # The project was deleted meanwhile, and the line stays.
                ProjectService.lock(session, line.project_id)
        ShoppingService.get(session, line.id)

    @staticmethod
    def identify(session: Session, line: ShoppingLine, part: Part) -> None:
        """Set the part of a line, and of its project's placeholder with the same text.

        The caller has locked the project and the part.

        Raises:
            Conflict: some of the line has already arrived as another part.
        """
        if line.text is not None:
            _replace_placeholder(session, line, part)
        line = ShoppingService.lock(session, line.id)
        if line.received and line.part_id4 != part.id4:
            raise Conflict(
                f"{line.received} of {line.part_id4} already arrived for line {line.id}; add another line", line=line.id
            )
        line.part_id4, line.part, line.text = part.id4, part, None
        session.flush()

    @staticmethod
    def order(session: Session, ids: Collection[int]) -> Sequence[ShoppingLine]:
        """Mark wanted lines as ordered, all of them or none.

        Raises:
            NotFound: the line does not exist.
            Conflict: a line is already ordered or received.
        """
        return _change_state(session, ids, LineState.WANTED, LineState.ORDERED)

    @staticmethod
    def withdraw(session: Session, ids: Collection[int]) -> Sequence[ShoppingLine]:
        """Mark ordered lines as wanted again, all of them or none.

        Raises:
            NotFound: the line does not exist.
            Conflict: a line is not ordered, or some of it has already arrived.
        """
        return _change_state(session, ids, LineState.ORDERED, LineState.WANTED)

    @staticmethod
    def delete(session: Session, line_id: int) -> None:
        """Delete a line that is not ordered.

        Raises:
            NotFound: the line does not exist.
            Conflict: the line is ordered.
        """
        line = ShoppingService.lock(session, line_id)
        _must_be(line, LineState.WANTED, LineState.RECEIVED, to="be removed")
        session.delete(line)
        session.flush()

    @staticmethod
    def settle(session: Session, line: ShoppingLine) -> None:
        """Mark a locked line as received if its whole quantity has arrived."""
        if line.received and line.received >= line.quantity:
            line.state, line.received_at = LineState.RECEIVED, session.scalar(select(func.now()))


def _keep_project(session: Session, project_id: int) -> None:
    # Locked before the part, as everywhere; others may change the project meanwhile, but not delete it.
    lock = {"read": True, "key_share": True}
    if session.get(Project, project_id, with_for_update=lock) is None:
        raise NotFound("project", project_id)


def _change_state(
    session: Session, ids: Collection[int], before: LineState, after: LineState
) -> Sequence[ShoppingLine]:
    lines, now = ShoppingService.get_several(session, ids, lock=True), session.scalar(select(func.now()))
    for line in lines:
        _must_be(line, before, to=f"become {after}")
        if line.received:
            raise Conflict(
                f"{line.received} of line {line.id} already arrived; receive the rest, or lower the line's quantity",
                line=line.id,
            )
        line.state = after
        line.ordered_at = now if after is LineState.ORDERED else None
    session.flush()
    return ShoppingService.get_several(session, ids)


def _must_be(line: ShoppingLine, *states: LineState, to: str) -> None:
    if line.state not in states:
        possible = " or ".join(states)
        raise Conflict(
            f"line {line.id} is {line.state}; only a line that is {possible} can {to}", line=line.id, state=line.state
        )


def _replace_placeholder(session: Session, line: ShoppingLine, part: Part) -> None:
    query = select(ProjectRequirement).where(
        ProjectRequirement.project_id == line.project_id,
        func.lower(ProjectRequirement.placeholder) == func.lower(line.text),
    )
    requirement = session.scalar(query)
    if requirement is not None:
        RequirementService.assign_part(session, requirement, part)
