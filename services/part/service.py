"""Parts."""

from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, selectinload

from models import Document, Part, PartLocation, SlotReservation, Suggestion
from schemas.errors import Conflict, InvalidInput, NotFound
from schemas.part import MAX_TAGS
from schemas.part_number import canonical_key, may_be_number
from schemas.suggestion import SuggestionField, SuggestionState
from services.open_suggestions import OpenSuggestionService
from services.part.id4 import Id4Service
from services.slot_reservation import SlotReservationService
from services.tag import TagService
from services.type import TypeService

Setter = Literal["person", "machine"]


class PartService:
    """Makes the keys of parts, and keeps machines from changing a field that a person set."""

    @staticmethod
    def create(
        session: Session,
        *,
        manufacturer_code: str | None = None,
        manufacturer: str | None = None,
        by: Setter = "person",
    ) -> Part:
        """Insert a part with a new id4, which is unique even when many parts are made at once.

        Raises:
            NoFreeId4: every id4 is taken.
        """
        given = {"manufacturer_code": manufacturer_code, "manufacturer": manufacturer}
        set_by = {field: by for field, value in given.items() if value is not None}
        while True:
            # The letters are free, unless another transaction committed them just before their share was held.
            new = insert(Part).values(id4=Id4Service.take(session), set_by=set_by, **given)
            unless_taken = new.on_conflict_do_nothing(index_elements=[Part.id4]).returning(Part)
            if part := session.scalars(unless_taken).one_or_none():
                return part

    @staticmethod
    def resolve(session: Session, id4: str) -> str:
        """Return the current id4 of a part: its own, or that of the part that it was merged into.

        Raises:
            NotFound: the part never existed.
        """
        found = session.execute(select(Part.id4, Part.merged_into).where(Part.id4 == id4.upper())).one_or_none()
        if found is None:
            raise NotFound("part", id4)
        return found.id4 if found.merged_into is None else PartService.resolve(session, found.merged_into)

    @staticmethod
    def get(session: Session, id4: str) -> Part:
        """Return a part with its type; the id4 of a merged part returns the part that it was merged into.

        Raises:
            NotFound: the part does not exist.
        """
        query = select(Part).options(selectinload(Part.type)).execution_options(populate_existing=True)
        part = session.scalar(query.where(Part.id4 == id4.upper()))
        if part is None:
            raise NotFound("part", id4)
        return part if part.merged_into is None else PartService.get(session, part.merged_into)

    @staticmethod
    def lock(session: Session, id4: str) -> Part:
        """Return a part as `get` does, locked until the caller's transaction ends.

        Raises:
            NotFound: the part does not exist.
        """
        # The id4 is resolved before the lock, because several parts are locked in the order of their current id4s.
        target = PartService.resolve(session, id4)
        part = session.get_one(Part, target, with_for_update=True, populate_existing=True)
        return part if part.merged_into is None else PartService.lock(session, part.merged_into)

    @staticmethod
    def list_merged(session: Session, id4: str) -> Sequence[str]:
        """Return the id4s of all parts that were merged into a part, directly or through another."""
        merged = select(Part.id4).where(Part.merged_into == id4).cte(recursive=True)
        merged = merged.union(select(Part.id4).where(Part.merged_into == merged.c.id4))
        return session.scalars(select(merged.c.id4).order_by(merged.c.id4)).all()

    @staticmethod
    def list_placements(session: Session, id4: str) -> Sequence[PartLocation]:
        """Return the placements of a part, box by box."""
        return session.scalars(
            select(PartLocation).where(PartLocation.part_id4 == id4).order_by(PartLocation.box_no, PartLocation.loc_no)
        ).all()

    @staticmethod
    def set_field(session: Session, part: Part, field: str, value: object, *, by: Setter) -> bool:
        """Set a field, unless a machine would change a person's value, and return whether it was set.

        Raises:
            InvalidInput: the value is not valid for that field.
            Conflict: the part would have too many tags.
        """
        is_set = _set(session, part, field, value, by=by)
        session.flush()
        return is_set

    @staticmethod
    def fill(session: Session, part: Part, **values: str | None) -> None:
        """Set those of the fields that are empty, as a machine."""
        for field, value in values.items():
            if value is not None and getattr(part, field) is None:
                PartService.set_field(session, part, field, value, by="machine")

    @staticmethod
    def update(session: Session, part: Part, changes: Mapping[str, object]) -> None:
        """Set fields by their public names, for a person; None clears a field, and machines leave it empty.

        Raises:
            NotFound: the type does not exist.
        """
        for field, value in changes.items():
            match field:
                case "type":
                    type_id = TypeService.get(session, str(value)).id if value is not None else None
                    _set(session, part, "type_id", type_id, by="person")
                case "tags":
                    _set(session, part, "tags", value or (), by="person")
                case _:
                    _set(session, part, field, value, by="person")
        session.flush()

    @staticmethod
    def set_back(
        session: Session, part: Part, values: Mapping[str, object], set_by: Mapping[str, Setter | None]
    ) -> None:
        """Give fields back the values that they had, and who had set them."""
        for field, value in values.items():
            _set(session, part, field, value, by="person")
        part.set_by = {field: by for field, by in {**part.set_by, **set_by}.items() if by is not None}
        session.flush()

    @staticmethod
    def retire(session: Session, part: Part, *, by: Setter = "person") -> None:
        """Hide a locked part from the lists; it cannot receive stock any more, and slots are not kept for it.

        Raises:
            Conflict: the part has stock.
        """
        lying = {str(each.slot): each.qty for each in PartService.list_placements(session, part.id4)}
        if lying:
            slots = ", ".join(f"{slot} ({quantity})" for slot, quantity in lying.items())
            raise Conflict(f"{part.id4} still lies in {slots}; book it out before you retire it", placements=lying)
        proposed = and_(Suggestion.part_id4 == part.id4, Suggestion.field == SuggestionField.STOCK)
        OpenSuggestionService.close(session, proposed, SuggestionState.SUPERSEDED)
        SlotReservationService.delete(session, SlotReservation.part_id4 == part.id4)
        if part.retired_at is None:
            part.retired_at, part.set_by = session.scalar(select(func.now())), {**part.set_by, "retired_at": by}
        session.flush()

    @staticmethod
    def restore(session: Session, part: Part) -> None:
        """Show a locked part in the lists again; machines do not retire it any more."""
        if part.retired_at is not None:
            part.retired_at, part.set_by = None, {**part.set_by, "retired_at": "person"}
        session.flush()


def must_take_stock(part: Part) -> None:
    """Refuse stock for a retired part; the caller has locked the part, so that it stays retired or not.

    Raises:
        Conflict: the part is retired.
    """
    if part.retired_at is not None:
        raise Conflict(f"{part.id4} is retired; restore it before you book stock in", part=part.id4)


def _set(session: Session, part: Part, field: str, value: object, *, by: Setter) -> bool:
    if by == "machine" and part.set_by.get(field) == "person":
        return False
    if field == "manufacturer_code":
        _change_number(session, part, value)
    if field == "tags" and isinstance(value, Sequence):
        value = TagService.canonicalise(session, value)
        _must_be_few(part, value)
    setattr(part, field, value)
    part.set_by = {**part.set_by, field: by}
    return True


def _must_be_few(part: Part, tags: Sequence[str]) -> None:
    if len(tags) > MAX_TAGS:
        raise Conflict(
            f"{part.id4} would have {len(tags)} tags, but a part can have {MAX_TAGS}; remove some first",
            field="tags",
            limit=MAX_TAGS,
        )


def _change_number(session: Session, part: Part, value: object) -> None:
    number = "" if value is None else str(value)
    if value is not None and not may_be_number(number):
        raise InvalidInput(
            f"{value!r} is not a part number; expected at least one letter A–Z or digit", field="manufacturer_code"
        )
    before = canonical_key(part.manufacturer_code or "")
    if before not in ("", canonical_key(number)):
        # The datasheet of the old number is not the datasheet of the new one.
        session.execute(
            update(Document).where(Document.part_id4 == part.id4).values(is_datasheet=False, datasheet_by=None)
        )
        later = and_(Suggestion.part_id4 == part.id4, Suggestion.field == SuggestionField.DATASHEET)
        OpenSuggestionService.close(session, later, SuggestionState.SUPERSEDED)
