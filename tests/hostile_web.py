"""A local web server that misbehaves exactly as a test scripts it."""

import ssl
import threading
from collections.abc import Callable, Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self

_PAUSE = 0.01


class Request(NamedTuple):
    """What a client asked for."""

    path: str
    headers: Message


class Drip(NamedTuple):
    """`head` at once, then `drop` again and again until the client goes away."""

    head: bytes
    drop: bytes


type Answer = bytes | Drip | Callable[[Request], bytes]
"Bytes are sent as they are, however broken, and the connection is closed after them."


def answer(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """Return a well-formed answer; a header given here replaces the usual one."""
    lines = {"Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Scripted\r\n{head}\r\n".encode("latin-1") + body


class HostileWeb:
    """Answers each path with what `serve` was told; anything else with 404. Remembers the requests."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self._answers: dict[str, Answer] = {}
        self._stopping = threading.Event()
        self._server = _Server(self._handle)
        self.port: int = self._server.server_address[1]
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    def serve(self, path: str, reply: Answer, *, host: str = "127.0.0.1") -> str:
        """Answer a path so from now on, and return its URL."""
        self._answers[path] = reply
        return f"{self._scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(_PAUSE,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        request = Request(handler.path, handler.headers)
        self.requests.append(request)
        reply = self._answers.get(handler.path, answer(404))
        if callable(reply):
            reply = reply(request)
        if isinstance(reply, bytes):
            handler.wfile.write(reply)
            return
        handler.wfile.write(reply.head)
        while not self._stopping.wait(_PAUSE):
            handler.wfile.write(reply.drop)


class _Server(ThreadingHTTPServer):
    """Hands each GET to a function, and takes clients that hang up for granted."""

    def __init__(self, handle: Callable[[BaseHTTPRequestHandler], None]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                handle(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base's
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)

    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""
