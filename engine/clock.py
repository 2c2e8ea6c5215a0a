"""Notices that the database's clock was set, by a clock of this machine that nobody can set."""

import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

_JUMP_SECONDS: Final = 30.0
"Clocks that are corrected a little at a time differ by far less between two looks."
_SLOW_SECONDS: Final = 5.0
"An answer that took longer says too little about the moment it is of."


def _since_boot() -> float:
    """Return seconds that also pass while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Clock:
    """Remembers by how much the two clocks differed when it last looked."""

    def __init__(self, steady: Callable[[], float] = _since_boot) -> None:
        self._steady = steady
        self._ahead: float | None = None

    def jumped(self, session: Session) -> bool:
        """Return whether the database's clock was set since the last look; the first look cannot tell."""
        asked = self._steady()
        database = float(session.scalar(select(func.extract("epoch", func.clock_timestamp()))) or 0.0)
        answered = self._steady()
        if answered - asked > _SLOW_SECONDS:
            return False
        before, self._ahead = self._ahead, database - answered
        return before is not None and abs(self._ahead - before) > _JUMP_SECONDS
