"""The HTTP server: bounded in connections, threads and patience, so that no client can make it mute."""

import resource
import sys
import time
from typing import Any, Final

import structlog
from waitress.adjustments import Adjustments  # type: ignore[import-untyped]  # waitress ships no types
from waitress.server import MultiSocketServer, TcpWSGIServer  # type: ignore[import-untyped]  # likewise

from api.http.admission import Admission
from api.http.channel import BoundedChannel, ClientPhase, Patience
from api.http.transaction import PartflowFlask
from settings.groups import ApiSettings

_MAX_HEADER_BYTES: Final = 65_536
_IN_MEMORY_BYTES: Final = 65_536
"Of a body; more of it is in a temporary file."
_FILES_EACH: Final = 3
"A connection, and the temporary files of what comes in and what goes out."
_SPARE_FILES: Final = 200
"For the database, the object store, the child processes and the log."
_WAITING: Final = (ClientPhase.IDLE, ClientPhase.HEADERS, ClientPhase.BODY, ClientPhase.DRAINING)
_GRACE: Final = 0.1
"Seconds in which the first bytes of a new client are on their way."
_BEYOND: Final = 20
"Connections beyond the limit, so that those that come in need not wait for those that are closed."
_RATE_WINDOW: Final = 15.0

_log = structlog.get_logger()


def make_server(app: PartflowFlask) -> Any:
    """Return a server of the application, listening; bodies wait in temporary files, never in memory.

    Raises:
        OSError: it cannot listen there.
    """
    api = app.settings.api
    admission = Admission(app)
    adjustments = Adjustments(
        host=api.host,
        port=api.port,
        ident=None,
        connection_limit=_room_for(api.max_connections) + _BEYOND,
        cleanup_interval=1,
        asyncore_use_poll=True,
        inbuf_overflow=_IN_MEMORY_BYTES,
        max_request_header_size=_MAX_HEADER_BYTES,
        # Each request gets its own when it is admitted.
        max_request_body_size=sys.maxsize,
    )
    sockets: dict[int, Any] = {}
    lanes = admission.lanes
    servers = [Server(app, sockets, dispatcher=lanes, adj=adjustments, sockinfo=place) for place in adjustments.listen]
    for server in servers:
        server.admission, server.patience = admission, _patience(api)
    if len(servers) == 1:
        return servers[0]
    listening = [(server.effective_host, server.effective_port) for server in servers]
    return MultiSocketServer(sockets, adjustments, listening, lanes)


class Server(TcpWSGIServer):  # type: ignore[misc]  # the base has no types
    """Waitress' server, but the client that waits longest makes room when all connections are in use."""

    channel_class = BoundedChannel
    admission: Admission
    patience: Patience

    def readable(self) -> bool:
        """Tell whether to accept a connection."""
        if len(self._map) >= self.adj.connection_limit - _BEYOND:
            self._make_room()
        accepts: bool = super().readable()
        return accepts

    def maintenance(self, _now: float) -> None:
        """Close the connections of clients that take too long."""
        now = time.monotonic()
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(now, self.patience):
                channel.hang_up()

    def _make_room(self) -> None:
        come_lately = time.monotonic() - _GRACE
        waiting = [
            each
            for each in self.active_channels.values()
            if each.phase() in _WAITING and (each.had_its_turn or each.since < come_lately)
        ]
        if waiting:
            # Who was served connects again for the next request.
            min(waiting, key=lambda each: (not each.had_its_turn, each.since)).hang_up()


def _patience(api: ApiSettings) -> Patience:
    return Patience(api.header_seconds, api.idle_seconds, _RATE_WINDOW, api.min_rate)


def _room_for(connections: int) -> int:
    """Return how many connections the process may have open, after it has raised its own limit of open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections * _FILES_EACH + _SPARE_FILES
    possible = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < possible:
        resource.setrlimit(resource.RLIMIT_NOFILE, (possible, hard))
    elif soft != resource.RLIM_INFINITY:
        possible = min(wanted, soft)
    room = max(1, (possible - _SPARE_FILES) // _FILES_EACH)
    if room < connections:
        _log.warning("the limit of open files allows fewer connections", connections=room, wanted=connections)
    return room
