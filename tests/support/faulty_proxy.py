"""A TCP proxy before a server that fails in chosen ways: cuts, corrupts, drips, or answers with an error itself."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

PIECE = 16_384


class FaultyProxy:
    """Passes bytes on, unless told otherwise; each attribute is a fault, and `None` or 0 is none."""

    def __init__(self, upstream: tuple[str, int] | str) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.address}"
        self.cut_answer_after: int | None = None
        "bytes of a connection's answers that get through before it is cut"
        self.drip_after: int | None = None
        "bytes of a connection's answers that get through before they come one every tenth of a second"
        self.corrupt: bytes | None = None
        "a word that is turned around in what the client sends"
        self.errors: list[int] = []
        "statuses that the next connections are answered with"
        self.connections = 0

    def serve(self) -> None:
        """Take connections until closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._handle, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        # Closing alone does not wake the thread that waits for one.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _handle(self, client: socket.socket) -> None:
        with closing(client), suppress(OSError):
            if self.errors:
                client.recv(PIECE)
                status = self.errors.pop(0)
                client.sendall(f"HTTP/1.1 {status} Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                return
            with closing(_connect(self._upstream)) as server:
                threading.Thread(target=self._request, args=(client, server), daemon=True).start()
                self._answer(server, client)

    def _request(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(PIECE):
                server.sendall(piece.replace(self.corrupt, self.corrupt[::-1]) if self.corrupt else piece)
            server.shutdown(socket.SHUT_WR)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        passed = 0
        while piece := server.recv(PIECE):
            if self.cut_answer_after is not None and passed + len(piece) > self.cut_answer_after:
                client.sendall(piece[: max(self.cut_answer_after - passed, 0)])
                # Closing alone would wait for the other thread, which still reads from it.
                client.shutdown(socket.SHUT_RDWR)
                return
            if self.drip_after is not None and passed + len(piece) > self.drip_after:
                _drip(piece, client)
            else:
                client.sendall(piece)
            passed += len(piece)


def _connect(upstream: tuple[str, int] | str) -> socket.socket:
    if isinstance(upstream, tuple):
        return socket.create_connection(upstream)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(upstream)
    return connection


def _drip(piece: bytes, client: socket.socket) -> None:
    for byte in piece:
        client.sendall(bytes([byte]))
        time.sleep(0.1)


@contextmanager
def faulty_proxy(upstream: tuple[str, int] | str) -> Iterator[FaultyProxy]:
    """Serve a proxy before a server, of which it knows the address, or the path of its socket."""
    proxy = FaultyProxy(upstream)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    with closing(proxy):
        yield proxy
