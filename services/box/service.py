"""Boxes."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Select, delete, func, literal, select
from sqlalchemy.orm import Session, selectinload

from models import Box, Location, Part, PartLocation, Type
from schemas.errors import NotFound
from services.box.locations import LocationService
from services.type import TypeService


class BoxService:
    """A box has locations 1 to its capacity; the database gives it a number, which is never reused."""

    @staticmethod
    def create(session: Session, *, description: str, capacity: int, types: Sequence[str] = ()) -> Box:
        """Add a box with a new number and all its locations, for the given types.

        Raises:
            NotFound: a type does not exist.
        """
        box = Box(description=description, capacity=capacity, types=_types(session, types))
        session.add(box)
        session.flush()
        LocationService.create(session, box, after=0)
        return box

    @staticmethod
    def list(session: Session) -> Sequence[Box]:
        """Return all boxes by number, with their types."""
        return session.scalars(select(Box).options(selectinload(Box.types)).order_by(Box.box_no)).all()

    @staticmethod
    def get(session: Session, box_no: int) -> Box:
        """Return a box with its types.

        Raises:
            NotFound: the box does not exist.
        """
        return _found(session, box_no, select(Box))

    @staticmethod
    def update(session: Session, box_no: int, *, description: str | None = None, capacity: int | None = None) -> Box:
        """Change the description or the capacity of a box; None keeps the value.

        Raises:
            NotFound: the box does not exist.
            Conflict: a location to delete is in use or kept for a part.
        """
        box = _locked(session, box_no)
        if description is not None:
            box.description = description
        if capacity is not None:
            before, box.capacity = box.capacity, capacity
            if capacity < before:
                LocationService.delete(session, box, after=capacity, what=f"shrink to {capacity}")
            LocationService.create(session, box, after=before)
        session.flush()
        return box

    @staticmethod
    def designate(session: Session, box_no: int, types: Sequence[str]) -> Box:
        """Replace the types that a box is for.

        Raises:
            NotFound: the box or a type does not exist.
        """
        box = _locked(session, box_no)
        box.types = _types(session, types)
        session.flush()
        return box

    @staticmethod
    def delete(session: Session, box_no: int) -> None:
        """Delete an empty box; its number is not reused.

        Raises:
            NotFound: the box does not exist.
            Conflict: a location is in use or kept for a part.
        """
        box = _locked(session, box_no)
        LocationService.delete(session, box, after=0, what="be deleted")
        session.execute(delete(Box).where(Box.id == box.id))

    @staticmethod
    def list_content(session: Session, box_no: int) -> Sequence[tuple[int, PartLocation | None, Part | None]]:
        """Return each location number of a box with a part that lies there; a location with two parts comes twice."""
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
    def count_used(session: Session, box_no: int | None = None) -> dict[int, int]:
        """Return the number of used locations by box number, of all boxes or one; empty boxes are left out."""
        query = select(PartLocation.box_no, func.count(PartLocation.loc_no.distinct())).group_by(PartLocation.box_no)
        if box_no is not None:
            query = query.where(PartLocation.box_no == box_no)
        return dict(session.execute(query).all())


def _found(session: Session, box_no: int, query: Select[Box]) -> Box:
    # A URL may hold a larger number than a box can have.
    number = literal(box_no, BigInteger)
    box = session.scalar(query.where(Box.box_no == number).options(selectinload(Box.types)))
    if box is None:
        raise NotFound("box", box_no)
    return box


def _locked(session: Session, box_no: int) -> Box:
    return _found(session, box_no, select(Box).with_for_update().execution_options(populate_existing=True))


def _types(session: Session, names: Sequence[str]) -> list[Type]:
    return list(dict.fromkeys(TypeService.get(session, name) for name in names))
