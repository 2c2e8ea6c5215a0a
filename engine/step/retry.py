"""How often, and how soon, a step is tried again."""

import random
from dataclasses import dataclass
from typing import Final

from schemas.errors import Transient

LONGEST_COUNTDOWN: Final = 60
"Seconds; a longer wait is left to the ledger and the reconciler, not to the broker."

LONGEST_WAIT: Final = 600
"Seconds; a step gives up rather than wait longer for another side."


@dataclass(frozen=True, kw_only=True)
class Retry:
    """A retry policy: after the n-th try, `first * factor ** (n - 1)` seconds, jittered down by up to half."""

    attempts: int | None = None
    "before it gives up; None is the setting's"
    first: float = 2.0
    factor: float = 2.0
    longest: float = 120.0
    never: frozenset[str] = frozenset()
    "codes of errors that it gives up on at once"

    def wait(self, tries: int, error: Transient, *, attempts: int) -> float | None:
        """Return seconds to wait after a try that failed, no less than the other side asked for; None is to give up."""
        backoff = min(self.first * self.factor ** (tries - 1), self.longest)
        seconds = max(backoff * random.uniform(0.5, 1), error.retry_after or 0.0)  # noqa: S311 - jitter is no secret
        over = tries >= (self.attempts or attempts) or error.code in self.never or seconds > LONGEST_WAIT
        return None if over else seconds
