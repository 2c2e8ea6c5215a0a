"""Types."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Text, and_, delete, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import BoxType, Part, Suggestion, Type
from schemas.errors import Conflict, InvalidInput, NotFound
from schemas.suggestion import SuggestionField, SuggestionState
from services.open_suggestions import OpenSuggestionService

_ORDER = (Type.position, func.lower(Type.name))


class TypeService:
    """The list of categories belongs to the user."""

    @staticmethod
    def list(session: Session) -> Sequence[Type]:
        """Return the types in the user's order."""
        return session.scalars(select(Type).order_by(*_ORDER)).all()

    @staticmethod
    def count_parts(session: Session, type_: Type | None = None) -> dict[int, int]:
        """Return how many parts are of each type, or of one, by the type's key; a type without parts is left out."""
        query = select(Part.type_id, func.count()).where(Part.type_id.is_not(None)).group_by(Part.type_id)
        if type_ is not None:
            query = query.where(Part.type_id == type_.id)
        return {key: count for key, count in session.execute(query) if key is not None}

    @staticmethod
    def create(session: Session, name: str) -> Type:
        """Add a type at the end.

        Raises:
            Conflict: there is one of that name.
        """
        last = select(func.coalesce(func.max(Type.position), 0) + 1).scalar_subquery()
        added = insert(Type).values(name=name, position=last).on_conflict_do_nothing().returning(Type)
        created: Type | None = session.scalar(added)
        if created is None:
            raise Conflict(f"there is a type {name} already", name=name)
        return created

    @staticmethod
    def find(session: Session, name: str) -> Type | None:
        """Return the type of that name, in whatever case, if there is one."""
        return session.scalar(select(Type).where(_is_called(name)))

    @staticmethod
    def get(session: Session, name: str) -> Type:
        """Return the type of that name, in whatever case.

        Raises:
            NotFound: there is none.
        """
        found = TypeService.find(session, name)
        if found is None:
            raise NotFound("type", name)
        return found

    @staticmethod
    def find_kept(session: Session, name: str) -> Type | None:
        """Return the type of that name, which keeps it until the transaction ends; take it after the part."""
        query = select(Type).where(_is_called(name)).with_for_update(read=True)
        return session.scalar(query.execution_options(populate_existing=True))

    @staticmethod
    def rename(session: Session, name: str, new: str) -> Type:
        """Call a type something else, also where it is suggested.

        Raises:
            NotFound: there is no such type.
            Conflict: another has that name.
        """
        (type_,) = _locked(session, name)
        other = TypeService.find(session, new)
        if other is not None and other.id != type_.id:
            raise Conflict(f"there is a type {other.name} already; merge {type_.name} into it instead", name=other.name)
        _suggest_instead(session, type_, new)
        type_.name = new
        session.flush()
        return type_

    @staticmethod
    def merge(session: Session, name: str, into: str, *, field: str = "into") -> Type:
        """Put one type in another's place, on parts, boxes and in suggestions, and take it away.

        `field` is what the caller calls the other type.

        Raises:
            NotFound: there is no such type.
            InvalidInput: they are the same.
        """
        if TypeService.get(session, name) is TypeService.get(session, into):
            raise InvalidInput(f"{name} cannot take its own place; name another type", field=field)
        # The parts first: who changes one of them may be waiting for a type, and would never let go of it otherwise.
        parts = select(Part.id4).join(Type, Type.id == Part.type_id).where(_is_called(name))
        session.execute(parts.order_by(Part.id4).with_for_update(of=Part))
        gone, target = _locked(session, name, into)
        _suggest_instead(session, gone, target.name)
        session.execute(update(Part).where(Part.type_id == gone.id).values(type_id=target.id))
        boxes = select(BoxType.box_id, literal(target.id)).where(BoxType.type_id == gone.id)
        session.execute(insert(BoxType).from_select(["box_id", "type_id"], boxes).on_conflict_do_nothing())
        _delete(session, gone)
        return target

    @staticmethod
    def delete(session: Session, name: str, replacement: str | None = None) -> None:
        """Take a type away; one that is in use only when another takes its place.

        Raises:
            NotFound: there is no such type.
            Conflict: it is in use, and there is no replacement.
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
                f"{type_.name} is in use (parts: {parts}, boxes: {boxes}); name the replacement that they are to have",
                parts=parts,
                boxes=boxes,
            )
        OpenSuggestionService.close(session, _suggested(type_), SuggestionState.SUPERSEDED)
        _delete(session, type_)

    @staticmethod
    def reorder(session: Session, names: Sequence[str]) -> None:
        """Put all types in this order.

        Raises:
            InvalidInput: one is named twice.
            NotFound: one is no type.
            Conflict: one is not named.
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
        """Add those of the names that are missing, in their order."""
        rows = [{"name": name, "position": position} for position, name in enumerate(names, 1)]
        session.execute(insert(Type).on_conflict_do_nothing(), rows)


def _is_called(name: str) -> ColumnElement[bool]:
    # In small letters as the database has them, which are not those of Python for some alphabets.
    return func.lower(Type.name) == func.lower(name)


def _locked(session: Session, *names: str) -> list[Type]:
    """Return types for the caller alone to change, locked in one order so that nobody waits in a circle."""
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
