"""Permits: a limited number of simultaneous uses of a host or a model."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from models.locks import Lock, hold
from models.permit import Permit

_AT_ONCE = 500
"Rows that one transaction deletes, so that it holds nobody up for long."


class PermitService:
    """Counted in the database, because the workers of all machines count together."""

    @staticmethod
    def take(session: Session, resource: str, holder: UUID, *, limit: int, seconds: float) -> bool:
        """Take a permit, unless all are taken; one that is not given back ends after a number of seconds."""
        hold(session, Lock.PERMIT, resource)
        session.execute(delete(Permit).where(Permit.resource == resource, Permit.expires_at < func.now()))
        taken = session.scalar(select(func.count()).where(Permit.resource == resource)) or 0
        if taken >= limit:
            return False
        session.add(Permit(resource=resource, holder=holder, expires_at=func.now() + timedelta(seconds=seconds)))
        return True

    @staticmethod
    def count(session: Session, resource: str) -> int:
        """Return how many permits for a resource are taken."""
        valid = select(func.count()).where(Permit.resource == resource, Permit.expires_at >= func.now())
        return session.scalar(valid) or 0

    @staticmethod
    def delete_expired(session: Session) -> int:
        """Delete a few permits that have expired, of resources that nobody may ask for again; return how many."""
        expired = select(Permit.resource, Permit.holder).where(Permit.expires_at < func.now())
        some = expired.limit(_AT_ONCE).with_for_update(skip_locked=True)
        ended = delete(Permit).where(tuple_(Permit.resource, Permit.holder).in_(some)).returning(Permit.holder)
        return len(session.scalars(ended).all())

    @staticmethod
    def give_back(session: Session, resource: str, holder: UUID) -> None:
        """Give a permit back."""
        session.execute(delete(Permit).where(Permit.resource == resource, Permit.holder == holder))
