"""Permits: a limited number of simultaneous uses of a host or a model."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.locks import Lock, hold
from models.permit import Permit


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
    def give_back(session: Session, resource: str, holder: UUID) -> None:
        """Give a permit back."""
        session.execute(delete(Permit).where(Permit.resource == resource, Permit.holder == holder))
