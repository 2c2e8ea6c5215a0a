"""Types of parts."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Text, and_, delete, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import BoxType, Part, Suggestion, Type
from schemas.errors import Conflict, InvalidInput, NotFound
from schemas.suggestion import SuggestionField, SuggestionState
from schemas.value import Unit
from schemas.vocabulary import unit_of_type
from services.open_suggestions import OpenSuggestionService

_ORDER = (Type.position, func.lower(Type.name))


class TypeService:
    """Keeps the user's list of types."""

    @staticmethod
    def list(session: Session) -> Sequence[Type]:
        """Return the types in the user's order."""
        return session.scalars(select(Type).order_by(*_ORDER)).all()

    @staticmethod
    def count_parts(session: Session, type_: Type | None = None) -> dict[int, int]:
        """Return the number of parts by type key, of all types or one; types without parts are left out."""
        query = select(Part.type_id, func.count()).where(Part.type_id.is_not(None)).group_by(Part.type_id)
        if type_ is not None:
            query = query.where(Part.type_id == type_.id)
        return {key: count for key, count in session.execute(query) if key is not None}

    @staticmethod
    def create(session: Session, name: str) -> Type:
        """Add a type at the end of the list; one that is called as a default type gets its unit.

        Raises:
            Conflict: another type has that name.
        """
        last = select(func.coalesce(func.max(Type.position), 0) + 1).scalar_subquery()
        added = (
            insert(Type)
            .values(name=name, position=last, unit=unit_of_type(name))
            .on_conflict_do_nothing()
            .returning(Type)
        )
        created: Type | None = session.scalar(added)
        if created is None:
            raise Conflict(f"type {name} already exists; choose another name", name=name)
        return created

    @staticmethod
    def find(session: Session, name: str) -> Type | None:
        """Return the type with a name, ignoring case, or None."""
        return session.scalar(select(Type).where(_is_called(name)))

    @staticmethod
    def get(session: Session, name: str) -> Type:
        """Return the type with a name, ignoring case.

        Raises:
            NotFound: no type has that name.
        """
        found = TypeService.find(session, name)
        if found is None:
            raise NotFound("type", name)
        return found

    @staticmethod
    def find_kept(session: Session, name: str) -> Type | None:
        """Return the type with a name, locked against changes until the transaction ends; lock the part before."""
        query = select(Type).where(_is_called(name)).with_for_update(read=True)
        return session.scalar(query.execution_options(populate_existing=True))

    @staticmethod
    def rename(session: Session, name: str, new: str) -> Type:
        """Rename a type, also in open suggestions.

        Raises:
            NotFound: the type does not exist.
            Conflict: another type has that name.
        """
        (type_,) = _locked(session, name)
        other = TypeService.find(session, new)
        if other is not None and other.id != type_.id:
            raise Conflict(f"type {other.name} already exists; merge {type_.name} into it instead", name=other.name)
        _suggest_instead(session, type_, new)
        type_.name = new
        session.flush()
        return type_

    @staticmethod
    def set_unit(session: Session, name: str, unit: Unit | None) -> Type:
        """Put the parts of a type in the order of a value in this unit; None means in the order of their numbers.

        Raises:
            NotFound: the type does not exist.
        """
        _lock_parts(session, name)
        (type_,) = _locked(session, name)
        type_.unit = unit
        session.flush()
        return type_

    @staticmethod
    def merge(session: Session, name: str, into: str, *, field: str = "into") -> Type:
        """Replace a type by another on parts, boxes and suggestions, and delete it.

        `field` is the name of the caller's field for the other type.

        Raises:
            NotFound: the type does not exist.
            InvalidInput: both are the same type.
        """
        if TypeService.get(session, name) is TypeService.get(session, into):
            raise InvalidInput(f"{name} cannot replace itself; name another type", field=field)
        _lock_parts(session, name)
        gone, target = _locked(session, name, into)
        _suggest_instead(session, gone, target.name)
        session.execute(update(Part).where(Part.type_id == gone.id).values(type_id=target.id))
        boxes = select(BoxType.box_id, literal(target.id)).where(BoxType.type_id == gone.id)
        session.execute(insert(BoxType).from_select(["box_id", "type_id"], boxes).on_conflict_do_nothing())
        _delete(session, gone)
        return target

    @staticmethod
    def delete(session: Session, name: str, replacement: str | None = None) -> None:
        """Delete a type; a type in use needs a replacement.

        Raises:
            NotFound: the type does not exist.
            Conflict: the type is in use, and no replacement is given.
            InvalidInput: the replacement is the type itself.
        """
        if replacement is not None:
            TypeService.merge(session, name, replacement, field="replacement")
            return
        (type_,) = _locked(session, name)
        parts = TypeService.count_parts(session, type_).get(type_.id, 0)
        boxes = session.scalar(select(func.count()).select_from(BoxType).where(BoxType.type_id == type_.id))
        if parts or boxes:
            raise Conflict(
                f"type {type_.name} is in use (parts: {parts}, boxes: {boxes}); give a replacement",
                parts=parts,
                boxes=boxes,
            )
        OpenSuggestionService.close(session, _suggested(type_), SuggestionState.SUPERSEDED)
        _delete(session, type_)

    @staticmethod
    def reorder(session: Session, names: Sequence[str]) -> None:
        """Put all types in this order.

        Raises:
            InvalidInput: a type is named twice.
            NotFound: a type does not exist.
            Conflict: a type is missing.
        """
        types = {
            type_.name.lower(): type_ for type_ in session.scalars(select(Type).order_by(Type.id).with_for_update())
        }
        wanted = [name.lower() for name in names]
        if len(set(wanted)) < len(wanted):
            raise InvalidInput("a type is named twice; name each once", field="types")
        for name in names:
            if name.lower() not in types:
                raise NotFound("type", name)
        if missing := sorted(type_.name for key, type_ in types.items() if key not in wanted):
            raise Conflict(f"the order must name every type; these are missing: {', '.join(missing)}", missing=missing)
        for position, key in enumerate(wanted, 1):
            types[key].position = position
        session.flush()

    @staticmethod
    def ensure(session: Session, names: Sequence[str]) -> None:
        """Add the missing types, in the order of the names."""
        rows = [
            {"name": name, "position": position, "unit": unit_of_type(name)} for position, name in enumerate(names, 1)
        ]
        session.execute(insert(Type).on_conflict_do_nothing(), rows)


def _is_called(name: str) -> ColumnElement[bool]:
    # The database makes both lower case, because Python's rules differ for some alphabets.
    return func.lower(Type.name) == func.lower(name)


def _lock_parts(session: Session, name: str) -> None:
    """Lock the parts of a type before the type, because a transaction that holds a part may wait for a type."""
    parts = select(Part.id4).join(Type, Type.id == Part.type_id).where(_is_called(name))
    session.execute(parts.order_by(Part.id4).with_for_update(of=Part))


def _locked(session: Session, *names: str) -> list[Type]:
    """Return types, locked in one order, so that transactions cannot deadlock."""
    query = select(Type, *map(_is_called, names)).where(or_(*map(_is_called, names))).order_by(Type.id)
    rows = session.execute(query.with_for_update().execution_options(populate_existing=True)).all()
    locked: list[Type] = []
    for number, name in enumerate(names, 1):
        type_ = next((row[0] for row in rows if row[number]), None)
        if type_ is None:
            raise NotFound("type", name)
        locked.append(type_)
    return locked


def _suggested(type_: Type) -> ColumnElement[bool]:
    name = Suggestion.value.op("#>>", return_type=Text())(text("'{}'"))
    return and_(Suggestion.field == SuggestionField.TYPE, func.lower(name) == func.lower(type_.name))


def _suggest_instead(session: Session, type_: Type, name: str) -> None:
    OpenSuggestionService.update(session, _suggested(type_), value=name)


def _delete(session: Session, type_: Type) -> None:
    session.execute(delete(Type).where(Type.id == type_.id))
    session.expunge(type_)
