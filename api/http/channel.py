"""A connection of the HTTP server: what its headers admit, and how long the client may take over each part."""

import time
from contextlib import suppress
from copy import copy
from enum import Enum, auto
from functools import cached_property
from socket import SHUT_RDWR, SHUT_WR
from typing import Any, Final, NamedTuple

from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # waitress ships no types
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]  # likewise
from waitress.utilities import RequestEntityTooLarge  # type: ignore[import-untyped]  # likewise

from api.http.access_log import LoggedErrorTask, LoggedTask, request_id
from api.http.admission import Admitted
from api.http.lanes import ThreadLane
from observability.logs import context

_DRAIN_SECONDS: Final = 10
"How long a client may go on to send what was refused; to hang up at once would lose the answer on its way."
_DRAIN_BYTES: Final = 1 << 18


class ClientPhase(Enum):
    """What a connection is waiting for."""

    IDLE = auto()
    HEADERS = auto()
    BODY = auto()
    SERVED = auto()
    SENDING = auto()
    DRAINING = auto()


class Patience(NamedTuple):
    """How long a client may take."""

    headers: float
    idle: float
    window: float
    "the seconds over which the rate of a body is looked at"
    rate: float
    "the least bytes per second of a body, in either direction"


class RequestParser(HTTPRequestParser):  # type: ignore[misc]  # the base has no types
    """Has a request admitted when its headers are complete."""

    adj: Any
    lane = ThreadLane.ALIVE
    command = path = ""
    "of one whose first line cannot be read"

    def __init__(self, adj: Any, channel: "BoundedChannel") -> None:
        super().__init__(adj)
        self._channel = channel
        self._admitted: Admitted | None = None

    @cached_property
    def request_id(self) -> str:
        """The id of this request; read it when the headers are there."""
        return request_id(self.headers.get("X_REQUEST_ID"))

    def received(self, data: bytes) -> int:
        """Take in some bytes, and return how many belong to this request."""
        consumed: int = super().received(data)
        if self._admitted is None and self.headers_finished and not self.empty and self.error is None:
            self._admitted = self._channel.admit(self)
            self.lane = self._admitted.lane
            self._limit(self._admitted)
        if self._admitted and self._admitted.too_large and isinstance(self.error, RequestEntityTooLarge):
            self.error: Any = self._admitted.too_large
        if self.error is not None:
            # Else waitress would ask for the body all the same.
            self.expect_continue = False
        return consumed

    def _limit(self, admitted: Admitted) -> None:
        if admitted.refusal is not None:
            self.error, self.completed = admitted.refusal, True
        # It refuses what is as large as its limit.
        self.adj = copy(self.adj)
        self.adj.max_request_body_size = admitted.most_bytes + 1


class BoundedChannel(HTTPChannel):  # type: ignore[misc]  # likewise
    """A connection that knows since when it waits for what."""

    task_class = LoggedTask
    error_task_class = LoggedErrorTask
    _refuses = _draining = False
    _served = 0
    "the number of requests"
    _seen: tuple[ClientPhase, int, object] = (ClientPhase.IDLE, 0, None)
    _moved = 0
    "bytes in either direction, since it was last looked at"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since = time.monotonic()

    def parser_class(self, adj: Any) -> RequestParser:
        """Return a parser for the next request."""
        return RequestParser(adj, self)

    def admit(self, request: RequestParser) -> Admitted:
        """Ask whether a request may come in."""
        environ = LoggedTask(self, request).get_environment()
        with context(request=request.request_id):
            admitted: Admitted = self.server.admission.admit(environ, has_body=request.body_rcv is not None)
        return admitted

    def service(self) -> None:
        """Serve a request, in a thread of its lane."""
        self._served += 1
        request = self.requests[0]
        self._refuses = request.error is not None
        with context(request=request.request_id):
            super().service()

    @property
    def had_its_turn(self) -> bool:
        """Whether a request of this client was served, and it now says nothing."""
        return self._served > 0 and self.phase() is ClientPhase.IDLE

    def phase(self) -> ClientPhase:
        """Return what the connection is waiting for."""
        if self._draining:
            return ClientPhase.DRAINING
        if self.total_outbufs_len:
            return ClientPhase.SENDING
        if self.requests:
            return ClientPhase.SERVED
        if self.request is None:
            return ClientPhase.IDLE
        return ClientPhase.BODY if self.request.headers_finished else ClientPhase.HEADERS

    def is_overdue(self, now: float, patience: Patience) -> bool:
        """Tell whether the client has taken too long; it is asked about every second."""
        phase = self.phase()
        if self._seen != (phase, self._served, self.request):
            self._seen = phase, self._served, self.request
            self.since, self._moved = now, 0
        waited = now - self.since
        match phase:
            case ClientPhase.SERVED:
                return False
            case ClientPhase.DRAINING:
                return waited > _DRAIN_SECONDS
            case ClientPhase.HEADERS:
                return waited > patience.headers
            case ClientPhase.IDLE:
                return waited > (patience.idle if self._served else patience.headers)
            case ClientPhase.BODY | ClientPhase.SENDING:
                return self._crawls(now, patience)

    def _crawls(self, now: float, patience: Patience) -> bool:
        if now - self.since < patience.window:
            return False
        too_slow = self._moved < patience.rate * (now - self.since)
        self.since, self._moved = now, 0
        return too_slow

    def hang_up(self) -> None:
        """End the connection; it is closed where its turn comes, because its number could be another's until then."""
        with suppress(OSError):
            self.socket.shutdown(SHUT_RDWR)

    def recv(self, buffer_size: int) -> bytes:
        """Receive some bytes, and count them."""
        data: bytes = super().recv(buffer_size)
        self._moved += len(data)
        return data

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send some bytes, and count them."""
        sent: int = super().send(data, do_close=do_close)
        self._moved += sent
        return sent

    def handle_read(self) -> None:
        """Receive; what follows a refusal is thrown away."""
        if not self._draining:
            super().handle_read()
            return
        try:
            super().recv(_DRAIN_BYTES)
        except OSError:
            self.handle_close()

    def handle_write(self) -> None:
        """Send; after a refusal, hang up in one direction only until the client has seen it."""
        if not (self._refuses and self.close_when_flushed):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close:
            self.handle_close()
        elif self.connected and not self.total_outbufs_len:
            self._drain()

    def _drain(self) -> None:
        self.close_when_flushed = self._refuses = False
        self._draining = True
        try:
            self.socket.shutdown(SHUT_WR)
        except OSError:
            self.handle_close()
