"""The named tokens that count, in memory: the door may not wait for the database."""

import threading
import time
from datetime import UTC, datetime
from typing import Final, NamedTuple

import structlog
from sqlalchemy.exc import SQLAlchemyError

from models.session import session_scope
from schemas.access import AccessScope
from services.access import AccessTokenService, digest

_FRESH_SECONDS: Final = 2.0
"How long a revoked token may go on to count."
_TOUCH_SECONDS: Final = 60.0
_log = structlog.get_logger()


class Holder(NamedTuple):
    """Whose token it is, and what it allows."""

    name: str
    scope: AccessScope


class KnownTokens:
    """What the database had a moment ago; while it cannot be asked, what it had before counts."""

    def __init__(self) -> None:
        self._holders: dict[str, Holder] = {}
        self._used: dict[str, datetime] = {}
        self._touched = -_TOUCH_SECONDS
        self._watched = False

    def holder(self, token: bytes) -> Holder | None:
        """Return whose token it is; None if it is nobody's."""
        if not self._watched:
            # As in a test, and for a moment while a server starts.
            self.refresh()
        sha256 = digest(token.decode("utf-8", "replace"))
        found = self._holders.get(sha256)
        if found:
            self._used[sha256] = datetime.now(UTC)
        return found

    def refresh(self) -> None:
        """Read the tokens again, and write down about once a minute which were used."""
        try:
            with session_scope() as session:
                if time.monotonic() - self._touched >= _TOUCH_SECONDS:
                    used, self._used, self._touched = self._used, {}, time.monotonic()
                    AccessTokenService.touch(session, used)
                rows = AccessTokenService.list(session)
                self._holders = {row.sha256: Holder(row.name, row.scope) for row in rows}
        except SQLAlchemyError as error:
            _log.warning("the tokens cannot be read", error=type(error).__name__)

    def watch(self) -> None:
        """Read them again and again, in a thread that ends with the process."""
        self._watched = True
        threading.Thread(target=self._watch, name="tokens", daemon=True).start()

    def _watch(self) -> None:
        while True:
            self.refresh()
            time.sleep(_FRESH_SECONDS)
