"""Sites that drip, one of them by way of another, and a catalogue that leads to them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.support.hostile_web import Script, hostile_web, page

NUMBERS = tuple(f"DRIP{number:03}A" for number in range(30))
_HOSTS = ("127.0.0.2", "127.0.0.3")
_ROUNDABOUT = "127.0.0.4"


def _drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    hung_up = threading.Event()
    while not hung_up.wait(0.5):
        connection.sendall(b"x")


@contextmanager
def dripping_sites() -> Iterator[tuple[str, ...]]:
    """Serve sites on loopback; yields their addresses, host and port."""
    pages: dict[str, bytes | Script] = {"/slow.pdf": _drip}
    with ExitStack() as sites:
        ports = [sites.enter_context(hostile_web(pages, host)) for host in _HOSTS]
        straight = [f"{host}:{port}" for host, port in zip(_HOSTS, ports, strict=True)]
        moved: dict[str, bytes | Script] = {
            "/slow.pdf": page(status="302 Found", Location=f"http://{straight[0]}/slow.pdf")
        }
        yield (*straight, f"{_ROUNDABOUT}:{sites.enter_context(hostile_web(moved, _ROUNDABOUT))}")


def catalogue(sites: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield for each site a body for `PUT /catalogue/parts`, by which all numbers have a datasheet there."""
    for number, site in enumerate(sites):
        address = f"http://{site}/slow.pdf"
        parts = [{"manufacturer_code": code, "datasheet_url": f"{address}?{code}"} for code in NUMBERS]
        yield {"source": f"hostile-{number}", "parts": parts}
