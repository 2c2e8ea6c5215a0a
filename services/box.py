"""Boxes and their locations."""

import re
from collections.abc import Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, selectinload

from models import Box, Location, Part, PartLocation
from schemas.errors import InvalidInput, NotFound
from services.type import TypeService

_SLOT = re.compile(r"([1-9]\d{0,5})-([1-9]\d{0,5})")
_NEW_BOX_LOCK = 0x626F7865  # "boxe"


def parse_slot(slot: str) -> tuple[int, int]:
    """Return box and location number of a slot written `7-3`.

    Raises:
        InvalidInput: it is not written so.
    """
    match = _SLOT.fullmatch(slot)
    if match is None:
        raise InvalidInput(f"{slot!r} is not a slot; write box and location as 7-3", field="slot")
    return int(match[1]), int(match[2])


class BoxService:
    """A box has locations 1 to its capacity; its number is made here."""

    @staticmethod
    def create(session: Session, *, description: str, capacity: int, types: Sequence[str] = ()) -> Box:
        """Add a box under the next number, with all its locations, designated for the types.

        Raises:
            NotFound: there is no such type.
        """
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NEW_BOX_LOCK})
        box_no = session.scalar(select(func.coalesce(func.max(Box.box_no), 0) + 1))
        box = Box(box_no=box_no, description=description, capacity=capacity)
        box.types = list(dict.fromkeys(TypeService.named(session, name) for name in types))
        box.locations = [Location(box_no=box_no, loc_no=loc_no) for loc_no in range(1, capacity + 1)]
        session.add(box)
        session.flush()
        return box

    @staticmethod
    def all(session: Session) -> Sequence[Box]:
        """Return the boxes by number, with the types they are designated for."""
        return session.scalars(select(Box).options(selectinload(Box.types)).order_by(Box.box_no)).all()

    @staticmethod
    def get(session: Session, box_no: int) -> Box:
        """Return a box with the types it is designated for.

        Raises:
            NotFound: there is no such box.
        """
        box = session.scalar(select(Box).where(Box.box_no == box_no).options(selectinload(Box.types)))
        if box is None:
            raise NotFound("box", box_no)
        return box

    @staticmethod
    def content(session: Session, box_no: int) -> Sequence[tuple[int, PartLocation | None, Part | None]]:
        """Return each location number of a box with what lies there; a location with two parts comes twice."""
        rows = session.execute(
            select(Location.loc_no, PartLocation, Part)
            .outerjoin(
                PartLocation,
                (PartLocation.box_no == Location.box_no) & (PartLocation.loc_no == Location.loc_no),
            )
            .outerjoin(Part, Part.id4 == PartLocation.part_id4)
            .where(Location.box_no == box_no)
            .order_by(Location.loc_no, PartLocation.part_id4)
        )
        return [(loc_no, placement, part) for loc_no, placement, part in rows]

    @staticmethod
    def used(session: Session) -> dict[int, int]:
        """Return how many locations of each box are in use."""
        rows = session.execute(
            select(PartLocation.box_no, func.count(PartLocation.loc_no.distinct())).group_by(PartLocation.box_no)
        )
        return dict(rows.all())
