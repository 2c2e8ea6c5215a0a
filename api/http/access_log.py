"""The access log: one line for each request that was answered, with the id that its answer names, too."""

import re
import time
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

import structlog
from flask import request
from waitress.task import ErrorTask, WSGITask  # type: ignore[import-untyped]  # waitress ships no types

from observability.metrics import REQUEST_SECONDS
from schemas.ledger import REQUEST_ID_PATTERN

HEADER: Final = "X-Request-ID"
_ROUTE: Final = "partflow.route"
_PROBES: Final = ("/health", "/health/ready", "/metrics")
_LONGEST_PATH: Final = 200

_log = structlog.get_logger()


def request_id(given: str | None) -> str:
    """Return the id that a client gives its request, if it is one; else a new one."""
    return given if given and re.fullmatch(REQUEST_ID_PATTERN, given) else uuid4().hex


def note_route(*_: object) -> None:
    """Remember the template of the path that is asked for; Flask calls this before it does anything else."""
    if request.url_rule:
        request.environ[_ROUTE] = request.url_rule.rule


class _Logged:
    """A task of waitress that names the request's id in the answer, and logs it."""

    request: Any
    status: str
    wrote_header: bool
    response_headers: list[tuple[str, str]]
    environ: dict[str, Any] | None = None
    _bytes = 0

    def service(self) -> None:
        """Answer the request, and log it."""
        began = time.monotonic()
        try:
            super().service()  # type: ignore[misc]  # waitress' own
        finally:
            if self.wrote_header:
                self._log(time.monotonic() - began)

    def build_response_header(self) -> bytes:
        """Return the head of the answer."""
        self.response_headers.append((HEADER, self.request.request_id))
        head: bytes = super().build_response_header()  # type: ignore[misc]  # likewise
        return head

    def write(self, data: bytes) -> None:
        """Send a piece of the body, and count its bytes."""
        self._bytes += len(data)
        super().write(data)  # type: ignore[misc]  # likewise

    def _log(self, seconds: float) -> None:
        status = int(self.status[:3])
        route = (self.environ or {}).get(_ROUTE)
        path = route or self.request.path[:_LONGEST_PATH]
        # Of a request that has no route, method and path are the client's words.
        method = self.request.command if route else "other"
        REQUEST_SECONDS.labels(method, route or "none", f"{status // 100}xx").observe(seconds)
        # Orchestrators and Prometheus ask every few seconds.
        quiet = path in _PROBES and status < HTTPStatus.BAD_REQUEST
        (_log.debug if quiet else _log.info)(
            "answered",
            method=self.request.command,
            path=path,
            status=status,
            seconds=round(seconds, 4),
            bytes=self._bytes,
        )


class LoggedTask(_Logged, WSGITask):  # type: ignore[misc]  # the base has no types
    """A request to the application."""


class LoggedErrorTask(_Logged, ErrorTask):  # type: ignore[misc]  # likewise
    """A request that is refused before it reaches the application."""

    environ = None
