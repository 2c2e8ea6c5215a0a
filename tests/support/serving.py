"""The API's HTTP server in a thread of the test, with an application that the test may change."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from api.http.server import make_server
from api.http.transaction import PartflowFlask
from embedded import reserve_port

_PATIENCE_SECONDS = 120


class Answer(NamedTuple):
    """The answer to a request: its status, its headers and its bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        """The sentence of a Problem."""
        return str(json.loads(self.body)["error"])


@contextmanager
def served(app: PartflowFlask) -> Iterator[Any]:
    """Serve an application until the context ends; yields waitress' server."""
    server = make_server(app)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.task_dispatcher.shutdown()
        # In its own thread, since it walks through its connections there; when it is awake anyway, it may have closed
        # the trigger before that is pulled.
        with suppress(OSError):
            server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        thread.join(_PATIENCE_SECONDS)


@contextmanager
def free_port() -> Iterator[int]:
    """Yield a port that nobody else takes."""
    port = reserve_port(None, first=18_600)
    try:
        yield port.number
    finally:
        port.close()


def connect(server: Any) -> socket.socket:
    """Open a connection."""
    return socket.create_connection(("127.0.0.1", int(server.effective_port)), timeout=_PATIENCE_SECONDS)


def head(method: str, path: str, **headers: object) -> bytes:
    """Return the head of a request from this machine."""
    said = {"Host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def read_answer(connection: socket.socket) -> Answer:
    """Read an answer to its end."""
    with connection.makefile("rb") as file:
        status = int(file.readline().split()[1])
        headers = {}
        while line := file.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name] = value
        return Answer(status, headers, file.read(int(headers.get("Content-Length", 0))))


def ask(server: Any, request: bytes) -> Answer:
    """Send a request on a connection of its own, and read the answer."""
    with connect(server) as connection:
        connection.sendall(request)
        return read_answer(connection)


def is_closed(connection: socket.socket) -> bool:
    """Wait until the server hangs up; False when it does not within half a minute."""
    try:
        while connection.recv(1 << 16):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True
