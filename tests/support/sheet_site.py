"""A site of datasheets whose files change, move, vanish and misbehave, and which remembers its visitors."""

import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import NamedTuple, Self

from demo.visit import QuietServer, Visit

_FIRST = 1_709_600_000
"A second in March 2024."

Answer = Callable[[Visit], object]


class Visited(NamedTuple):
    """A request that was made: when, of what, and whether it asked only for what is new."""

    at: float
    path: str
    conditional: bool


class SheetSite:
    """Serves on a free port of an address of loopback while it is a context; what is not there is 404."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._answers: dict[str, Answer] = {}
        self._server = QuietServer(0, self._answer, host=host)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._puts = 0
        self.visits: list[Visited] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def endpoint(self) -> str:
        """Host and port."""
        return self._server.address.removeprefix("http://")

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"{self._server.address}{path}"

    def answer(self, path: str, answer: Answer) -> None:
        """Answer a path in some way from now on."""
        self._answers[path] = answer

    def put(self, path: str, content: bytes) -> None:
        """Serve a file, with an ETag and a date of its own."""
        self._puts += 1
        changed = formatdate(_FIRST + self._puts, usegmt=True)
        self.answer(path, lambda visit: visit.file(content, changed=changed))

    def move(self, path: str, to: str) -> None:
        """Redirect a path to another."""
        self.answer(path, lambda visit: visit.redirect(to))

    def remove(self, path: str) -> None:
        """Say that a path is gone for good."""
        self.answer(path, lambda visit: visit.send(b"", None, HTTPStatus.GONE))

    def _answer(self, visit: Visit, path: str, _query: str) -> None:
        conditional = "If-None-Match" in visit.headers or "If-Modified-Since" in visit.headers
        self.visits.append(Visited(time.monotonic(), path, conditional))
        self._answers.get(path, _missing)(visit)


def _missing(visit: Visit) -> None:
    visit.send(b"", None, HTTPStatus.NOT_FOUND)
