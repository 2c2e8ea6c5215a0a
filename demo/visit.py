"""Answering HTTP requests as good sites do, and as bad ones do."""

import hashlib
import sys
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

CHANGED: Final = "Tue, 05 Mar 2024 09:00:00 GMT"
PDF: Final = "application/pdf"
HTML: Final = "text/html; charset=utf-8"
DRIP_SECONDS: Final = 0.5


class QuietServer(ThreadingHTTPServer):
    """Listens on an address of loopback only; each visitor has a thread that ends with the process."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, answer: "Callable[[Visit, str, str], None]", *, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), Visit)
        self._host = host
        self.answer = answer
        self.closing = threading.Event()

    @property
    def address(self) -> str:
        """Where the site is, without a slash at the end."""
        return f"http://{self._host}:{self.server_port}"

    def server_close(self) -> None:
        """Let the dripping visits go, and stop listening."""
        self.closing.set()
        super().server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about visitors who hang up, which traps make them do."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # typeshed asks for more than is used


class Visit(BaseHTTPRequestHandler):
    """A request, and the ways to answer it."""

    server: QuietServer
    protocol_version = "HTTP/1.1"
    server_version = "parts-portal"
    sys_version = ""
    timeout = 30

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep quiet about what went well."""

    def file(self, content: bytes, *, changed: str = CHANGED) -> None:
        """Send a PDF that was last changed at some time, or say that the visitor has it already."""
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Last-Modified": changed}
        known = self.headers.get("If-None-Match")
        if known == etag or (known is None and self.headers.get("If-Modified-Since") == changed):
            self.send(b"", None, HTTPStatus.NOT_MODIFIED, headers)
        else:
            self.send(content, PDF, headers=headers)

    def page(
        self, content: bytes, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send an HTML page."""
        self.send(content, HTML, status, headers)

    def redirect(self, location: str) -> None:
        """Send the visitor elsewhere."""
        self.send(b"", None, HTTPStatus.FOUND, {"Location": location})

    def hang_up_after(self, content: bytes, promised: int) -> None:
        """Send less than was promised, and close."""
        self._start(HTTPStatus.OK, {"Content-Type": PDF, "Content-Length": str(promised)})
        self.wfile.write(content)
        self.close_connection = True

    def drip(self, content: bytes) -> None:
        """Send a byte every half second, over and over, until the visitor leaves or the site closes."""
        self._start(HTTPStatus.OK, {"Content-Type": PDF, "Connection": "close"})
        at = 0
        while not self.server.closing.wait(DRIP_SECONDS):
            self.wfile.write(content[at : at + 1])
            at = (at + 1) % len(content)
        self.close_connection = True

    def do_GET(self) -> None:
        """Let the site answer."""
        path, _, query = self.path.partition("?")
        self.server.answer(self, path, query)

    def send(
        self,
        content: bytes,
        media_type: str | None,
        status: HTTPStatus = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send a whole answer."""
        length = {} if status == HTTPStatus.NOT_MODIFIED else {"Content-Length": str(len(content))}
        self._start(status, length | ({"Content-Type": media_type} if media_type else {}) | dict(headers or {}))
        self.wfile.write(content)

    def _start(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
