"""Named tokens, and the record of what cannot be undone."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import AccessToken, AuditEntry
from schemas.access import INSTALLATION, AccessScope, AuditQuery
from schemas.errors import Conflict, NotFound

_PREFIX: Final = "partflow_"
"By which programs that look for lost secrets know one."


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class AccessTokenService:
    """Tokens are kept as their sha256 only."""

    @staticmethod
    def create(session: Session, name: str, scope: AccessScope) -> tuple[AccessToken, str]:
        """Make a token, and return its row and the token itself.

        Raises:
            Conflict: there is one with this name.
        """
        taken = session.scalar(select(AccessToken.id).where(AccessToken.name == name))
        if taken or name == INSTALLATION:
            raise Conflict(f"name: a token is called {name} already; revoke it, or choose another name", field="name")
        token = _PREFIX + secrets.token_urlsafe(32)
        row = AccessToken(name=name, scope=scope, sha256=digest(token))
        session.add(row)
        session.flush()
        return row, token

    @staticmethod
    def list(session: Session) -> Sequence[AccessToken]:
        """Return all tokens that count, by name."""
        return session.scalars(select(AccessToken).order_by(AccessToken.name)).all()

    @staticmethod
    def delete(session: Session, name: str) -> None:
        """Let a token count no more.

        Raises:
            NotFound: there is none with this name.
        """
        row = session.scalar(select(AccessToken).where(AccessToken.name == name))
        if row is None:
            raise NotFound("token", name)
        session.delete(row)

    @staticmethod
    def touch(session: Session, used: Mapping[str, datetime]) -> None:
        """Write down when tokens, by their sha256, were used last."""
        for sha256, at in sorted(used.items()):
            session.execute(update(AccessToken).where(AccessToken.sha256 == sha256).values(last_used_at=at))


class AuditService:
    """Writes down what cannot be undone."""

    @staticmethod
    def record(session: Session, *, actor: str, action: str, subject: str) -> None:
        """Add an entry to this transaction."""
        session.add(AuditEntry(actor=actor, action=action, subject=subject))

    @staticmethod
    def list(session: Session, asked: AuditQuery) -> Sequence[AuditEntry]:
        """Return entries, newest first, one more than asked for."""
        found = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(asked.limit + 1)
        if asked.actor:
            found = found.where(AuditEntry.actor == asked.actor)
        if asked.after is not None:
            found = found.where(AuditEntry.id < asked.after)
        return session.scalars(found).all()
