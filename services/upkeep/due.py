"""Which parts are due, the longest waiting first."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, SQLColumnExpression, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from models import DatasheetSource, Document, Part, PartUpkeep, PipelineRun
from services.upkeep.text import TEXT_KEY

_AGAIN = timedelta(hours=20)
"Until a part whose run came to nothing is due once more."
_SHARES = 65_536
_SHARE = cast(func.hashtext(Part.id4).op("&")(_SHARES - 1), Float) / _SHARES
"A number from 0 to 1 that is a part's own, and evenly spread over all."


class DueService:
    """A part that is retired, was merged, or has an open run is never due."""

    @staticmethod
    def list_to_refresh(
        session: Session, pipeline: str, *, age: timedelta, jitter: timedelta, limit: int
    ) -> Sequence[str]:
        """Return parts whose datasheet was last found, or asked for, so long ago.

        Each part is asked later by its own share of the jitter, which is always the same.
        """
        last = func.greatest(
            PartUpkeep.started_at,
            select(func.max(Document.created_at))
            .where(Document.part_id4 == Part.id4, Document.is_datasheet)
            .scalar_subquery(),
            select(func.max(DatasheetSource.checked_at)).where(DatasheetSource.part_id4 == Part.id4).scalar_subquery(),
        )
        patience = age.total_seconds() + jitter.total_seconds() * _SHARE
        due = and_(
            Part.manufacturer_code.is_not(None),
            exists().where(Document.part_id4 == Part.id4, Document.is_datasheet),
            last + func.make_interval(0, 0, 0, 0, 0, 0, patience) < func.now(),
        )
        return _list(session, pipeline, due, order=last, limit=limit)

    @staticmethod
    def list_to_retag(
        session: Session, pipeline: str, current: Mapping[str, tuple[str, str]], *, limit: int
    ) -> Sequence[str]:
        """Return parts whose last answer rests on something else than one of today would.

        `current` has, by field, who would answer and the digest of the words to choose from.
        """
        others = [
            PartUpkeep.basis[field].is_distinct_from(
                func.jsonb_build_object("by", cast(by, Text), "words", cast(words, Text), "text", TEXT_KEY)
            )
            for field, (by, words) in current.items()
        ]
        due = and_(
            or_(Part.manufacturer_code.is_not(None), Part.description.is_not(None)),
            or_(PartUpkeep.started_at.is_(None), PartUpkeep.started_at < func.now() - _AGAIN),
            or_(*others),
        )
        return _list(session, pipeline, due, order=PartUpkeep.started_at, limit=limit)


def _list(
    session: Session, pipeline: str, due: ColumnElement[bool], *, order: SQLColumnExpression[Any], limit: int
) -> Sequence[str]:
    of_pipeline = and_(PartUpkeep.part_id4 == Part.id4, PartUpkeep.pipeline == pipeline)
    at_work = exists().where(PipelineRun.subject == Part.id4, PipelineRun.finished_at.is_(None))
    return session.scalars(
        select(Part.id4)
        .outerjoin(PartUpkeep, of_pipeline)
        .where(Part.retired_at.is_(None), Part.merged_into.is_(None), ~at_work, due)
        .order_by(order.asc().nulls_first(), Part.id4)
        .limit(limit)
    ).all()
