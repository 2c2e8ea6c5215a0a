"""What is used often, and what is picked together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from models import Project, ProjectRequirement, StockCommand
from schemas.project import ProjectState
from schemas.stock import StockKind

_SEEN_DAYS = 730
"What was not used for so long says nothing of what will be."
_TAKES = (StockKind.USE, StockKind.BUILD)


class UseService:
    """Reads how often each part is taken, and the pick lists of projects."""

    @staticmethod
    def list(session: Session) -> Mapping[str, float]:
        """Return how often each part was taken in two years, plus the builds that are planned; others are left out."""
        uses: Counter[str] = Counter()
        undo = aliased(StockCommand)
        taken = (
            select(StockCommand.part_id4, func.count())
            .where(
                StockCommand.kind.in_(_TAKES),
                StockCommand.at > func.now() - timedelta(days=_SEEN_DAYS),
                ~exists().where(undo.undoes == StockCommand.id),
            )
            .group_by(StockCommand.part_id4)
        )
        planned = (
            select(ProjectRequirement.part_id4, func.sum(Project.builds))
            .join(Project, Project.id == ProjectRequirement.project_id)
            .where(Project.state == ProjectState.ACTIVE, ProjectRequirement.part_id4.is_not(None))
            .group_by(ProjectRequirement.part_id4)
        )
        for query in (taken, planned):
            for id4, count in session.execute(query):
                uses[str(id4)] += int(count)
        return {id4: float(count) for id4, count in uses.items() if count}

    @staticmethod
    def list_picks(session: Session) -> Sequence[frozenset[str]]:
        """Return the parts that each active project takes together, project by project."""
        rows = session.execute(
            select(ProjectRequirement.project_id, ProjectRequirement.part_id4)
            .join(Project, Project.id == ProjectRequirement.project_id)
            .where(Project.state == ProjectState.ACTIVE, ProjectRequirement.part_id4.is_not(None))
        )
        picks: dict[int, set[str]] = {}
        for project_id, id4 in rows:
            picks.setdefault(project_id, set()).add(str(id4))
        return [frozenset(picks[project_id]) for project_id in sorted(picks)]
