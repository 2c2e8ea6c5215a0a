"""The drift report: what tagging again found, night by night."""

from collections.abc import Collection, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import distinct, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import Drift, PipelineRun
from schemas.suggestion import SuggestionField
from schemas.upkeep import (
    DriftCause,
    DriftCount,
    DriftNight,
    DriftOutcome,
    DriftQuery,
    kind_of,
)


class DriftService:
    """A run has one row for each field, also when it is carried out twice."""

    @staticmethod
    def record(
        session: Session,
        run_id: UUID,
        part_id4: str,
        field: SuggestionField,
        *,
        cause: DriftCause,
        added: Collection[str],
        removed: Collection[str],
        outcome: DriftOutcome,
    ) -> None:
        """Keep what a run found for a field of a part."""
        found = {
            "part_id4": part_id4,
            "cause": cause,
            "kind": kind_of(tuple(added), tuple(removed)),
            "outcome": outcome,
            "added": list(added),
            "removed": list(removed),
        }
        night = select(func.date(func.timezone("UTC", PipelineRun.created_at))).where(PipelineRun.id == run_id)
        row = insert(Drift).values(run_id=run_id, field=field, night=night.scalar_subquery(), **found)
        session.execute(row.on_conflict_do_update(index_elements=["run_id", "field"], set_=found))

    @staticmethod
    def list_nights(session: Session, *, limit: int) -> list[DriftNight]:
        """Return the newest nights with their counts."""
        nights = select(Drift.night).distinct().order_by(Drift.night.desc()).limit(limit)
        parts = select(Drift.night, func.count(distinct(Drift.part_id4))).where(Drift.night.in_(nights))
        of_night = dict(session.execute(parts.group_by(Drift.night)).all())
        same = (Drift.night, Drift.field, Drift.cause, Drift.kind, Drift.outcome)
        counted = select(*same, func.count().label("count")).where(Drift.night.in_(nights)).group_by(*same)
        rows = session.execute(counted.order_by(Drift.night.desc(), *same[1:])).all()
        return [
            DriftNight(
                night=night,
                parts=of_night[night],
                counts=tuple(DriftCount.model_validate(each, from_attributes=True) for each in counts),
            )
            for night, counts in groupby(rows, key=lambda row: row.night)
        ]

    @staticmethod
    def list(session: Session, query: DriftQuery, *, part_id4: str | None) -> Sequence[Drift]:
        """Return what was found, in the order in which it was; one row more than asked for, if there are more."""
        found = select(Drift).where(Drift.id > query.after)
        for column, value in ((Drift.night, query.night), (Drift.kind, query.kind), (Drift.part_id4, part_id4)):
            if value is not None:
                found = found.where(column == literal(value, column.type))
        return session.scalars(found.order_by(Drift.id).limit(query.limit + 1)).all()
