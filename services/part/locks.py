"""Locking several parts at once."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Part
from models.locks import Lock, hold, share
from schemas.errors import NotFound
from services.part.service import PartService


class PartLockService:
    """A transaction that changes several parts locks them here first, by id4, so that it cannot deadlock.

    Merges wait meanwhile. Otherwise an id4 could lead to another part by the time it is locked: one transaction would
    hold that part and wait for the id4, while another holds the id4 and waits for the part.
    """

    @staticmethod
    def lock(session: Session, ids: Collection[str]) -> dict[str, Part]:
        """Return the parts that id4s lead to, by those id4s, locked for the caller.

        Raises:
            NotFound: a part does not exist.
        """
        share(session, Lock.PART_MERGES)
        return _locked(session, ids)

    @staticmethod
    def lock_pair(session: Session, id4: str, into: str) -> tuple[Part, Part]:
        """Return a part to merge and the part to merge it into, both locked; other merges wait meanwhile.

        A part that was merged before is returned unlocked, since nothing refers to it any more.

        Raises:
            NotFound: a part does not exist.
        """
        hold(session, Lock.PART_MERGES)
        parts = _locked(session, {id4.upper(), into.upper()})
        return session.get_one(Part, id4.upper(), populate_existing=True), parts[into.upper()]


def _locked(session: Session, ids: Collection[str]) -> dict[str, Part]:
    stands_for = _targets(session, ids)
    query = select(Part).where(Part.id4.in_(set(stands_for.values()))).order_by(Part.id4).with_for_update()
    parts = {part.id4: part for part in session.scalars(query.execution_options(populate_existing=True))}
    return {id4: parts[target] for id4, target in stands_for.items()}


def _targets(session: Session, ids: Collection[str]) -> dict[str, str]:
    found = dict(session.execute(select(Part.id4, Part.merged_into).where(Part.id4.in_(ids))).all())
    for id4 in ids:
        if id4 not in found:
            raise NotFound("part", id4)
    return {id4: id4 if into is None else PartService.resolve(session, into) for id4, into in found.items()}
