"""Coverage of the requirements of a project by the stock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Text, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Project, ProjectRequirement, ShoppingLine
from schemas.coverage import CoverageState
from schemas.project import ProjectState
from schemas.shopping import LineState
from services.part import PartListService
from services.project.requirement import RequirementService


@dataclass(frozen=True)
class Covered:
    """A line of a project with its need and its stock."""

    requirement: ProjectRequirement
    needed: int
    on_hand: int
    reserved: int
    "by other active projects"
    coming: int
    "on the shopping list for the project"

    @property
    def available(self) -> int:
        """The quantity that this project may take."""
        return max(0, self.on_hand - self.reserved)

    @property
    def short(self) -> int:
        """The quantity that the line lacks."""
        return max(0, self.needed - self.available)

    @property
    def state(self) -> CoverageState:
        """Whether the stock is enough."""
        if self.requirement.part_id4 is None:
            return CoverageState.NOT_IN_INVENTORY
        return CoverageState.SHORT if self.short else CoverageState.ENOUGH

    @property
    def name(self) -> str:
        """The name of the line in a sentence: an id4 or a placeholder."""
        return self.requirement.part_id4 or str(self.requirement.placeholder)


class CoverageService:
    """Computes coverage; an active project reserves the parts for its planned builds, and others may not count them."""

    @staticmethod
    def list(session: Session, project: Project, builds: int, *, use_reserved: bool = False) -> Sequence[Covered]:
        """Return the coverage of each line of a project for a number of builds, in a few statements."""
        lines = RequirementService.list(session, project.id)
        ids = [line.part_id4 for line in lines if line.part_id4 is not None]
        on_hand = PartListService.sum_quantities(session, ids)
        reserved = {} if use_reserved else CoverageService.sum_reserved(session, ids, without=project)
        coming = _coming(session, project)
        return [
            Covered(
                line,
                needed=line.quantity * builds,
                on_hand=on_hand.get(line.part_id4 or "", 0),
                reserved=reserved.get(line.part_id4 or "", 0),
                coming=coming.get(line.id, 0),
            )
            for line in lines
        ]

    @staticmethod
    def sum_reserved(session: Session, ids: Collection[str], *, without: Project) -> dict[str, int]:
        """Return the quantity of each part that all other active projects reserve; parts without any are left out."""
        needed = func.sum(cast(ProjectRequirement.quantity, BigInteger) * Project.builds)
        query = (
            select(ProjectRequirement.part_id4, cast(needed, BigInteger))
            .join(Project, Project.id == ProjectRequirement.project_id)
            .where(ProjectRequirement.part_id4.in_(ids), Project.state == ProjectState.ACTIVE)
            .where(Project.id != without.id, Project.builds > 0)
            .group_by(ProjectRequirement.part_id4)
        )
        return {id4: quantity for id4, quantity in session.execute(query) if id4 is not None}


def planned(project: Project, builds: int | None) -> int:
    """Return the number of builds to check: the requested ones, else the planned ones, at least one."""
    return builds or max(1, project.builds)


def what(id4: InstrumentedAttribute[str | None], words: InstrumentedAttribute[str | None]) -> ColumnElement[str | None]:
    """Return the subject of a line, by which lines of a project and of the shopping list are compared."""
    # An id4 has no lower-case letters, so a text in lower case is never taken for one.
    return func.coalesce(cast(id4, Text), func.lower(words))


def _coming(session: Session, project: Project) -> dict[int, int]:
    same = what(ShoppingLine.part_id4, ShoppingLine.text) == what(
        ProjectRequirement.part_id4, ProjectRequirement.placeholder
    )
    left = func.sum(ShoppingLine.quantity - ShoppingLine.received)
    query = (
        select(ProjectRequirement.id, left)
        .join(ShoppingLine, same & (ShoppingLine.project_id == ProjectRequirement.project_id))
        .where(ProjectRequirement.project_id == project.id, ShoppingLine.state != LineState.RECEIVED)
        .group_by(ProjectRequirement.id)
    )
    return dict(session.execute(query).all())
