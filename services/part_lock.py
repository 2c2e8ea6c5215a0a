"""Locking several parts at once."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Part
from schemas.errors import NotFound
from services.part import PartService


class _MergedMeanwhile(Exception):
    """A part was merged between looking it up and locking it."""


class PartLockService:
    """Whoever changes several parts locks them here, first, so that nobody waits for another in a circle."""

    @staticmethod
    def all(session: Session, ids: Collection[str]) -> dict[str, Part]:
        """Return the parts that letters stand for, by those letters, for the caller alone to change.

        Raises:
            NotFound: there is no such part.
        """
        stands_for = _targets(session, ids)
        try:
            # Left by an error, the savepoint gives the locks back: the right ones may come before them.
            with session.begin_nested():
                parts = _locked(session, set(stands_for.values()))
        except _MergedMeanwhile:
            return PartLockService.all(session, ids)
        return {id4: parts[target] for id4, target in stands_for.items()}


def _targets(session: Session, ids: Collection[str]) -> dict[str, str]:
    found = dict(session.execute(select(Part.id4, Part.merged_into).where(Part.id4.in_(ids))).all())
    for id4 in ids:
        if id4 not in found:
            raise NotFound("part", id4)
    return {id4: id4 if into is None else PartService.resolve(session, into) for id4, into in found.items()}


def _locked(session: Session, ids: Collection[str]) -> dict[str, Part]:
    query = select(Part).where(Part.id4.in_(ids)).order_by(Part.id4).with_for_update()
    parts = session.scalars(query.execution_options(populate_existing=True)).all()
    if any(part.merged_into is not None for part in parts):
        raise _MergedMeanwhile
    return {part.id4: part for part in parts}
