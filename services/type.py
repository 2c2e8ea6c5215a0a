"""Types."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import Type
from schemas.errors import Conflict, NotFound


class TypeService:
    """The list of categories belongs to the user."""

    @staticmethod
    def all(session: Session) -> Sequence[Type]:
        """Return the types by name."""
        return session.scalars(select(Type).order_by(func.lower(Type.name))).all()

    @staticmethod
    def create(session: Session, name: str) -> Type:
        """Add a type.

        Raises:
            Conflict: there is one of that name.
        """
        created: Type | None = session.scalar(insert(Type).values(name=name).on_conflict_do_nothing().returning(Type))
        if created is None:
            raise Conflict(f"there is a type {name} already", name=name)
        return created

    @staticmethod
    def named(session: Session, name: str) -> Type:
        """Return the type of that name, in whatever case.

        Raises:
            NotFound: there is none.
        """
        found = session.scalar(select(Type).where(func.lower(Type.name) == name.lower()))
        if found is None:
            raise NotFound("type", name)
        return found

    @staticmethod
    def ensure(session: Session, names: Sequence[str]) -> None:
        """Add those of the names that are missing."""
        session.execute(insert(Type).on_conflict_do_nothing(), [{"name": name} for name in names])
