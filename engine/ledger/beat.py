"""Beats: their heartbeats, and which of them leads."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.beat import Beat
from models.locks import Lock, try_hold

LEASE: Final = timedelta(seconds=5)
"How long a beat that is not seen is believed to live."
_LET_GO: Final = text("SET LOCAL idle_in_transaction_session_timeout = '8s'")
_REMEMBERED: Final = timedelta(hours=1)
"How long one that is gone is shown."


def is_alive(beat: Beat, now: datetime) -> bool:
    """Return whether a beat was seen within its lease; `now` is the database's time."""
    # A time to come was noted before the clock was set back, and says nothing.
    return abs(now - beat.seen_at) <= LEASE


class BeatService:
    """At most one beat leads: it says so, and fires, in one transaction that holds the lock of beats."""

    @staticmethod
    def take_lead(session: Session, beat_id: UUID, name: str, now: datetime) -> bool:
        """Note that a beat is alive, and return whether it leads, until the caller's transaction ends.

        A beat goes on leading until another one takes over, which it may once the leader was not seen for a lease.
        """
        # A beat that freezes, or whose network is lost, must not keep the lock from the others.
        session.execute(_LET_GO)
        if not try_hold(session, Lock.BEAT):
            return False
        seen = insert(Beat).values(id=beat_id, name=name, started_at=now, seen_at=now)
        leads = session.scalar(
            seen.on_conflict_do_update(index_elements=["id"], set_={"seen_at": now}).returning(Beat.leads)
        )
        if leads:
            return True
        leader = session.scalar(select(Beat).where(Beat.leads))
        if leader and is_alive(leader, now):
            return False
        session.execute(update(Beat).where(Beat.leads).values(leads=False))
        session.execute(update(Beat).where(Beat.id == beat_id).values(leads=True))
        session.execute(delete(Beat).where(Beat.seen_at < now - _REMEMBERED))
        return True

    @staticmethod
    def list(session: Session) -> Sequence[Beat]:
        """Return all beats that are remembered, the leading one first."""
        return session.scalars(select(Beat).order_by(Beat.leads.desc(), Beat.name, Beat.id)).all()

    @staticmethod
    def delete(session: Session, beat_id: UUID) -> None:
        """Forget a beat that stops, so that another one leads at once."""
        session.execute(delete(Beat).where(Beat.id == beat_id))
