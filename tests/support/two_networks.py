"""A machine of its own, and a public internet beside it: two network namespaces with a cable between them.

The machine has addresses of every kind that must not be fetched from, among them a public one, and a server on port 80
of all of them that counts who connects. On the internet there is one site, which answers at two public addresses and
at the address of NAT64 for one of them, and redirects to whatever it is asked to. Started as
`python -m tests.support.two_networks CASES`, where CASES is a file of lists: a URL, and the addresses of its name.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from clients.web.address_guard import resolve
from clients.web.fetcher import Fetcher
from observability.logs import configure_logging
from schemas.errors import Refused
from settings.groups import FetchSettings, LogSettings
from tests.support.sealed_network import ROOT, unshare

OWN = (
    "10.0.0.5", "172.16.0.5", "192.168.1.5", "169.254.169.254", "100.64.0.5", "168.63.129.16",
    "8.8.8.8", "8.8.8.9", "fd00::5", "2606:4700::8",
)  # fmt: skip
"Addresses of the machine; the last of each family are public."
SITE, SITE_IPV6, SITE_BY_NAT64 = "93.184.216.34", "2606:2800:220:1::34", "64:ff9b::5db8:d822"
PAGE = b"%PDF-1.7 of the public site"
_CABLE = {"machine": ("93.184.216.1", "2606:2800:220:1::1", "64:ff9b::1"), "site": (SITE, SITE_IPV6, SITE_BY_NAT64)}
_LENGTHS = (24, 64, 96)


class Case(NamedTuple):
    """A URL to fetch, and the answers of the name server to its name; without any, the system's own resolver's."""

    url: str
    answers: Sequence[str] = ()


class Outcome(NamedTuple):
    """What came of a fetch: nothing and the content, or the reason code of the refusal and its sentence."""

    code: str | None
    text: str


class Fetches(NamedTuple):
    """What came of each case, and how often the machine itself was connected to."""

    outcomes: list[Outcome]
    connections: int


def fetch_between_networks(cases: Iterable[Case], **settings: object) -> Fetches:
    """Fetch each case from the machine, or skip the test where no network can be made."""
    with tempfile.NamedTemporaryFile("w+") as file:
        json.dump([list(cases), settings], file)
        file.flush()
        command = [*unshare(), sys.executable, "-m", "tests.support.two_networks", file.name]
        environment = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    outcomes, connections = json.loads(ended.stdout)
    return Fetches([Outcome(*outcome) for outcome in outcomes], connections)


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        target = urllib.parse.unquote(self.path.partition("?to=")[2])
        self.send_response(302 if target else 200)
        if target:
            self.send_header("Location", target.encode().decode("latin-1"))
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server names it so
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _lay_cable(end: str) -> None:
    for address, length in zip(_CABLE[end], _LENGTHS, strict=True):
        _ip("address", "add", f"{address}/{length}", "dev", end, *(("nodad",) if ":" in address else ()))
    _ip("link", "set", end, "up")
    _ip("link", "set", "lo", "up")


def _serve_elsewhere(ready: int, go: int) -> None:
    os.unshare(os.CLONE_NEWNET)
    os.write(ready, b".")
    os.read(go, 1)
    _lay_cable("site")
    server = _Server(("::", 80), _Site)
    os.write(ready, b".")
    server.serve_forever()


def _start_site() -> int:
    """Start the site in a network of its own, with the cable to ours, and return its process ID."""
    heard, ready = os.pipe()
    go, told = os.pipe()
    child = os.fork()
    if child == 0:
        _serve_elsewhere(ready, go)
    os.read(heard, 1)
    _ip("link", "add", "machine", "type", "veth", "peer", "name", "site", "netns", str(child))
    _lay_cable("machine")
    os.write(told, b".")
    os.read(heard, 1)
    return child


def _count(server: socket.socket, connected: list[str]) -> None:
    while True:
        connection, (peer, *_) = server.accept()
        connected.append(peer)
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")


class _NameServer:
    """Gives the answers of the case that is being fetched."""

    def __init__(self) -> None:
        self.answers: Sequence[str] = ()

    def resolve(self, host: str, port: int) -> list[str]:
        return list(self.answers) or resolve(host, port)


def _outcomes(cases: Iterable[Case], settings: FetchSettings) -> Iterator[Outcome]:
    names = _NameServer()
    fetcher = Fetcher(settings, resolver=names.resolve)
    for case in cases:
        names.answers = case.answers
        try:
            yield Outcome(None, fetcher.fetch(case.url).content.decode())
        except Refused as refused:
            yield Outcome(refused.code, refused.detail)


def _main(file: str) -> None:
    configure_logging(LogSettings(level="ERROR"))
    cases, settings = json.loads(Path(file).read_text())
    limits = FetchSettings.model_validate({"total_seconds": 20, "connect_seconds": 5, **settings})
    site = _start_site()
    for address in OWN:
        _ip("address", "add", f"{address}/{64 if ':' in address else 24}", "dev", "lo")
    connected: list[str] = []
    with closing(socket.create_server(("::", 80), family=socket.AF_INET6, dualstack_ipv6=True)) as server:
        threading.Thread(target=_count, args=(server, connected), daemon=True).start()
        outcomes = list(_outcomes((Case(*case) for case in cases), limits))
    os.kill(site, 9)
    os.waitpid(site, 0)
    print(json.dumps([outcomes, len(connected)]))


if __name__ == "__main__":
    _main(sys.argv[1])
