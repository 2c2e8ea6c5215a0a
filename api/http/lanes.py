"""The lanes of the HTTP server: threads for each class of work, so that no class can take those of another."""

import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from waitress.task import ThreadedTaskDispatcher  # type: ignore[import-untyped]  # waitress ships no types


class ThreadLane(StrEnum):
    """A class of work."""

    ALIVE = "alive"
    "the question whether the process answers, and refusals that need no application"
    READY = "ready"
    "the question whether what it needs answers too"
    METRICS = "metrics"
    "the metrics, which ask database and broker"
    LOOK = "look"
    "uploads that are looked at while the client waits"
    BULK = "bulk"
    "other uploads, and answers that take long to compute"
    FILES = "files"
    "answers that are as long as a file, to clients that may read slowly"
    QUICK = "quick"
    "everything else"


LANES: Final[Mapping[str, ThreadLane]] = {
    "health.live": ThreadLane.ALIVE,
    "health.ready": ThreadLane.READY,
    "metrics.metrics": ThreadLane.METRICS,
    "documents.add": ThreadLane.LOOK,
    "ai_suggest.suggest": ThreadLane.BULK,
    "imports.add": ThreadLane.BULK,
    "intake.photo_intake": ThreadLane.BULK,
    "labels.part_png": ThreadLane.BULK,
    "labels.print_all": ThreadLane.BULK,
    "labels.slot_png": ThreadLane.BULK,
    "search.rebuild": ThreadLane.BULK,
    "documents.content": ThreadLane.FILES,
    "exports.csv": ThreadLane.FILES,
    "exports.json_lines": ThreadLane.FILES,
}
"The lanes of endpoints; those of all others are quick."


class Room(NamedTuple):
    """The threads of a lane, and how many requests may wait for one of them; None: as many as there are connections."""

    threads: int
    waiting: int | None = None


def rooms(threads: int) -> dict[ThreadLane, Room]:
    """Return the room of each lane for a number of quick requests that are served at the same time."""
    half = max(1, threads // 2)
    return {
        ThreadLane.ALIVE: Room(1),
        ThreadLane.READY: Room(1),
        ThreadLane.METRICS: Room(1, waiting=4),
        # Reading a hostile file may take a gigabyte, so never many at once.
        ThreadLane.LOOK: Room(2, waiting=4),
        ThreadLane.BULK: Room(half, waiting=10 * half),
        ThreadLane.FILES: Room(half, waiting=10 * half),
        ThreadLane.QUICK: Room(threads),
    }


class Lanes:
    """Waitress' dispatcher of requests to threads, once for each lane."""

    def __init__(self, threads: int, refusals: Mapping[ThreadLane, Any]) -> None:
        self._rooms = rooms(threads)
        self._refusals = refusals
        self._dispatchers = {lane: ThreadedTaskDispatcher() for lane in ThreadLane}
        self.set_thread_count(None)

    def set_thread_count(self, count: int | None) -> None:
        """Start the threads of all lanes; 0 stops them."""
        for lane, dispatcher in self._dispatchers.items():
            dispatcher.set_thread_count(self._rooms[lane].threads if count is None else count)

    def is_full(self, lane: ThreadLane) -> bool:
        """Tell whether as many requests wait in a lane as may."""
        waiting = self._rooms[lane].waiting
        return waiting is not None and len(self._dispatchers[lane].queue) >= waiting

    def add_task(self, channel: Any) -> None:
        """Let the first request of a connection be served; in a full lane it is refused."""
        request = channel.requests[0]
        if request.error is None and self.is_full(request.lane):
            request.error = self._refusals[request.lane]
        lane = request.lane if request.error is None else ThreadLane.ALIVE
        self._dispatchers[lane].add_task(channel)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> None:
        """Stop all threads, and cancel what waits for them."""
        self.set_thread_count(0)
        deadline = time.monotonic() + timeout
        for dispatcher in self._dispatchers.values():
            dispatcher.shutdown(cancel_pending, max(0.0, deadline - time.monotonic()))
