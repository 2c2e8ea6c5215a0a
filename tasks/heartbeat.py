"""Keeping a lease while a step works."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from models.session import session_scope
from services.ledger import Claim, Ledger

_log = structlog.get_logger()


@contextmanager
def heartbeat(claim: Claim, lease: float) -> Iterator[None]:
    """Extend the claim's lease every third of it, until the block ends or the step is lost."""
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(claim, lease, ended), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(claim: Claim, lease: float, ended: threading.Event) -> None:
    while not ended.wait(lease / 3):
        try:
            with session_scope() as session:
                if not Ledger.extend(session, claim, lease):
                    return
        except SQLAlchemyError as error:
            # The next beat tries again; if the database stays away the lease ends, and that is right.
            _log.warning("heartbeat failed", run=str(claim.run_id), step=claim.name, error=str(error))
