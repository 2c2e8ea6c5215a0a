"""What there is of what a project needs."""

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
    """A line of a project, and what there is of it."""

    requirement: ProjectRequirement
    needed: int
    on_hand: int
    reserved: int
    "by other active projects"
    coming: int
    "on the shopping list for the project"

    @property
    def available(self) -> int:
        """How many this project may have."""
        return max(0, self.on_hand - self.reserved)

    @property
    def short(self) -> int:
        """How many it lacks."""
        return max(0, self.needed - self.available)

    @property
    def state(self) -> CoverageState:
        """Whether there is enough."""
        if self.requirement.part_id4 is None:
            return CoverageState.NOT_IN_INVENTORY
        return CoverageState.SHORT if self.short else CoverageState.ENOUGH

    @property
    def name(self) -> str:
        """What it is, in a sentence."""
        return self.requirement.part_id4 or str(self.requirement.placeholder)


class CoverageService:
    """What other active projects reserve counts as gone; a project reserves what its planned builds need."""

    @staticmethod
    def list(session: Session, project: Project, builds: int, *, use_reserved: bool = False) -> Sequence[Covered]:
        """Return for each line of a project what so many builds need and what there is, in a few statements."""
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
        """Return how many of each part the planned builds of all other active projects need; none are left out."""
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
    """Return for how many builds to look: those asked for, else those planned, at least one."""
    return builds or max(1, project.builds)


def what(id4: InstrumentedAttribute[str | None], words: InstrumentedAttribute[str | None]) -> ColumnElement[str | None]:
    """Return what a line is about, so that lines of a project and of the shopping list can be told to be the same."""
    # An id4 has no small letters, so that no words are taken for one.
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
