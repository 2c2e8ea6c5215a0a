"""A small web server whose answers a test scripts byte by byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Script = Callable[[socket.socket], None]


@contextmanager
def hostile_web(pages: dict[str, bytes | Script], host: str = "127.0.0.1") -> Iterator[int]:
    """Serve on a free port of a loopback address; a page is the bytes to send, or what to do with the connection."""
    with socket.create_server((host, 0)) as server:
        threading.Thread(target=_serve, args=(server, pages), daemon=True).start()
        yield server.getsockname()[1]


def _serve(server: socket.socket, pages: dict[str, bytes | Script]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection, pages), daemon=True).start()


def _answer(connection: socket.socket, pages: dict[str, bytes | Script]) -> None:
    with connection:
        try:
            request = b""
            while b"\r\n\r\n" not in request:
                request += connection.recv(4096)
            path = request.split(b" ")[1].partition(b"?")[0].decode()
            page = pages.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            if isinstance(page, bytes):
                connection.sendall(page)
            else:
                page(connection)
        except OSError:
            return  # The client hung up, as it should.


def page(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Return a whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if "Content_Length" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
