"""Keeping leases while steps work."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.ledger.ledger import Claim, Ledger
from models.session import session_scope

_SHORTEST_SECONDS = 0.1

_log = structlog.get_logger()


@contextmanager
def heartbeat(claim: Claim, lease: float) -> Iterator[None]:
    """Extend the claim's lease every third of it, until the block ends or the step is lost."""
    heart = _heart(lease)
    heart.held[id(claim)] = claim
    heart.busy.set()
    try:
        yield
    finally:
        heart.held.pop(id(claim), None)


class _Heart:
    """The one thread of a process that keeps leases; one for each step would cost more than a quick step does."""

    def __init__(self, lease: float) -> None:
        self.held: dict[int, Claim] = {}
        self.busy = threading.Event()
        self._lease = lease
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()

    def _beat(self) -> None:
        while self.busy.wait():
            time.sleep(max(self._lease / 3, _SHORTEST_SECONDS))
            self.busy.clear()
            for key, claim in list(self.held.items()):
                self.busy.set()
                self._extend(key, claim)

    def _extend(self, key: int, claim: Claim) -> None:
        try:
            with session_scope() as session:
                if not Ledger.extend(session, claim, self._lease):
                    self.held.pop(key, None)
        except SQLAlchemyError as error:
            # The next beat tries again; if the database stays away the lease ends, and that is right.
            _log.warning("heartbeat failed", run=str(claim.run_id), step=claim.name, error=str(error))


_heart = cache(_Heart)
