"""Parts."""

import secrets
import string
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from models import Document, Part, PartLocation, Type
from schemas.errors import InvalidInput, NotFound
from schemas.part_number import code_key

Setter = Literal["person", "machine"]

_ID4_ATTEMPTS = 20


class PartService:
    """A part's key is made here; what a person set, a machine does not change."""

    @staticmethod
    def create(
        session: Session,
        *,
        manufacturer_code: str | None = None,
        manufacturer: str | None = None,
        by: Setter = "person",
    ) -> Part:
        """Insert a part under a new id4, which nobody else has even when many are made at once."""
        given = {"manufacturer_code": manufacturer_code, "manufacturer": manufacturer}
        set_by = {field: by for field, value in given.items() if value is not None}
        for _ in range(_ID4_ATTEMPTS):
            part = Part(id4="".join(secrets.choice(string.ascii_uppercase) for _ in range(4)), set_by=set_by, **given)
            try:
                with session.begin_nested():
                    session.add(part)
                    session.flush()
            except IntegrityError as error:
                if "pk_parts" not in str(error.orig):
                    raise
            else:
                return part
        raise RuntimeError(f"no free id4 in {_ID4_ATTEMPTS} draws")

    @staticmethod
    def get(session: Session, id4: str) -> Part:
        """Return a part with its type.

        Raises:
            NotFound: there is no such part.
        """
        part = session.get(Part, id4.upper(), options=[selectinload(Part.type)])
        if part is None:
            raise NotFound("part", id4)
        return part

    @staticmethod
    def locked(session: Session, id4: str) -> Part:
        """Return a part as it is now, for the caller alone to change until its transaction ends.

        Raises:
            NotFound: there is no such part.
        """
        part = session.get(Part, id4.upper(), with_for_update=True, populate_existing=True)
        if part is None:
            raise NotFound("part", id4)
        return part

    @staticmethod
    def latest(
        session: Session,
        *,
        type_name: str | None = None,
        tag: str | None = None,
        code: str | None = None,
        after: str | None = None,
        limit: int,
    ) -> Sequence[Part]:
        """Return parts by id4, after another id4, of a type, with a tag or with a manufacturer code."""
        query = select(Part).options(selectinload(Part.type)).order_by(Part.id4).limit(limit)
        if type_name is not None:
            query = query.join(Part.type).where(func.lower(Type.name) == type_name.lower())
        if tag is not None:
            query = query.where(Part.tags.contains([tag]))
        if code is not None:
            query = query.where(Part.code_key == code_key(code))
        if after is not None:
            query = query.where(Part.id4 > after.upper())
        return session.scalars(query).all()

    @staticmethod
    def placements(session: Session, id4: str) -> Sequence[PartLocation]:
        """Return where the part lies, box by box."""
        return session.scalars(
            select(PartLocation).where(PartLocation.part_id4 == id4).order_by(PartLocation.box_no, PartLocation.loc_no)
        ).all()

    @staticmethod
    def set_field(session: Session, part: Part, field: str, value: object, *, by: Setter) -> bool:
        """Set a field and who set it; a machine leaves alone what a person set. Returns whether it was set.

        Raises:
            InvalidInput: the value is no value for that field.
        """
        if by == "machine" and part.set_by.get(field) == "person":
            return False
        if field == "manufacturer_code" and isinstance(value, str) and not code_key(value):
            raise InvalidInput(f"{value!r} is not a part number", field=field)
        if field == "manufacturer_code" and code_key(part.manufacturer_code or "") != code_key(str(value)):
            # What was the datasheet of the old number is not that of the new one.
            session.execute(update(Document).where(Document.part_id4 == part.id4).values(is_datasheet=False))
        setattr(part, field, value)
        part.set_by = {**part.set_by, field: by}
        session.flush()
        return True

    @staticmethod
    def fill(session: Session, part: Part, **values: str | None) -> None:
        """Set, as a machine, those fields that are empty."""
        for field, value in values.items():
            if value is not None and getattr(part, field) is None:
                PartService.set_field(session, part, field, value, by="machine")
