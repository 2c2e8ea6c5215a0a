"""Wrong tokens: who sends them is written down, and made to wait."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from api.http.sources import Source

_FREE_TRIES: Final = 5
"Wrong tokens of one source that cost it no wait."
_LONGEST_WAIT: Final = 60.0
_FORGOTTEN_AFTER: Final = 600.0
_MOST_SOURCES: Final = 1000
"Sources that are remembered; beyond them, the one that was silent longest is forgotten."

_log = structlog.get_logger()


@dataclass
class _Record:
    wrong: int = 0
    last: float = 0.0
    until: float = 0.0


class Attempts:
    """Makes a source of wrong tokens wait, and keeps no thread busy with it.

    The right token passes at once from an address that sent it before; otherwise one user of a shared address could
    lock out the others.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, _Record] = OrderedDict()
        self._right: OrderedDict[str, None] = OrderedDict()
        self._latest = 0.0
        "when the longest wait of any source ends"

    def wait_of(self, source: Source, *, right: bool) -> float:
        """Return the seconds that a source must wait before its token counts; 0.0 when it counts now."""
        with self._lock:
            return self._right_token(source) if right else self._wrong_token(source)

    def _right_token(self, source: Source) -> float:
        now = self._clock()
        known = not source.is_local and source.address in self._right
        if self._latest > now and not known and (record := self._wrong.get(source.name)) and record.until > now:
            return record.until - now
        _remember(self._right, source.address, None)
        return 0.0

    def _wrong_token(self, source: Source) -> float:
        now, name = self._clock(), source.name
        record = self._wrong.get(name) or _Record()
        _remember(self._wrong, name, record)
        if record.until > now:
            return record.until - now
        if now - record.last > _FORGOTTEN_AFTER:
            record.wrong = 0
        record.wrong, record.last = record.wrong + 1, now
        if record.wrong > _FREE_TRIES:
            # The exponent is bounded, because the wait is.
            record.until = now + min(2.0 ** min(record.wrong - _FREE_TRIES - 1, 10), _LONGEST_WAIT)
            self._latest = max(self._latest, record.until)
        _log.warning("wrong token", source=name, tries=record.wrong)
        return max(record.until - now, 0.0)


def _remember[T](records: OrderedDict[str, T], key: str, value: T) -> None:
    records[key] = value
    records.move_to_end(key)
    if len(records) > _MOST_SOURCES:
        records.popitem(last=False)
