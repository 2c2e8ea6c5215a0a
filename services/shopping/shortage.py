"""Putting the shortage of a project on the shopping list."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Part, Project, ShoppingLine
from schemas.errors import Conflict
from schemas.project import ProjectState
from schemas.shopping import LineState, NewLine
from schemas.stock import MAX_QUANTITY
from services.part import PartLockService
from services.project import CoverageService, Covered, RequirementService
from services.shopping.service import ShoppingService


class ShortageService:
    """Adds only the shortage that is not on the list yet, so that a second request adds nothing."""

    @staticmethod
    def create(session: Session, project: Project, builds: int) -> Sequence[ShoppingLine]:
        """Put the shortage of a locked project on the list, and return the lines that were added or raised.

        Raises:
            Conflict: the project is archived.
        """
        if project.state == ProjectState.ARCHIVED:
            raise Conflict(f"project {project.name} is archived; activate it to buy for it", state=project.state)
        needs = RequirementService.list(session, project.id)
        parts = PartLockService.lock(session, {line.part_id4 for line in needs if line.part_id4})
        lacking = [each for each in CoverageService.list(session, project, builds) if each.short > each.coming]
        wanted = _wanted(session, project)
        lines = [_more(session, project, each, parts, wanted) for each in lacking]
        session.flush()
        return ShoppingService.get_several(session, [line.id for line in lines])


def _wanted(session: Session, project: Project) -> dict[str, ShoppingLine]:
    query = select(ShoppingLine).where(ShoppingLine.project_id == project.id, ShoppingLine.state == LineState.WANTED)
    query = query.order_by(ShoppingLine.id).with_for_update().execution_options(populate_existing=True)
    lines: dict[str, ShoppingLine] = {}
    for line in session.scalars(query):
        lines.setdefault(line.part_id4 or str(line.text).lower(), line)
    return lines


def _more(
    session: Session, project: Project, lacking: Covered, parts: dict[str, Part], wanted: dict[str, ShoppingLine]
) -> ShoppingLine:
    need, missing = lacking.requirement, min(lacking.short - lacking.coming, MAX_QUANTITY)
    line = wanted.get(lacking.name if need.part_id4 else lacking.name.lower())
    if line is None:
        new = NewLine(part=need.part_id4, text=need.placeholder, quantity=missing, project=project.id)
        return ShoppingService.create_for_part(session, parts.get(need.part_id4 or ""), new)
    line.quantity = min(line.quantity + missing, MAX_QUANTITY)
    return line
