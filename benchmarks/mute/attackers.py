"""Attackers: each does one thing again and again until it is told to stop."""

import io
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from itertools import count
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
from PIL import Image

from benchmarks.mute.sites import NUMBERS
from cli.client import Client, RequestRefused, ServerError
from tests.support.pdfs import slow

_CONNECTIONS = 150
_COLUMNS = (20_000, 200_000)
_PAUSE_SECONDS = 0.3
_RUN_SECONDS = 2.0
"Between two runs of one kind: more of them would be a measure of how many runs the machine can carry out."


class Target(NamedTuple):
    """The server under attack, and what it has accepted."""

    address: str
    connect: Callable[[], AbstractContextManager[Client]]
    part: str
    ended: threading.Event
    answers: Counter[str]
    runs: list[UUID]
    documents: list[int]


@contextmanager
def under_attack(target: Target) -> Iterator[None]:
    """Attack in every way at once until the context ends."""
    threads = [threading.Thread(target=attack, args=(target,)) for attack in ATTACKS]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        target.ended.set()
        for thread in threads:
            thread.join()


def _slow_pdfs(target: Target) -> None:
    """Upload small PDFs that take seconds to read, several at once."""

    def upload(client: Client, number: int) -> None:
        file = (f"slow{number}.pdf", slow(1_000_000, mark=number), "application/pdf")
        answer = client.ask("POST", f"/parts/{target.part}/documents", files={"file": file})
        target.documents.append(answer.json()["id"])

    numbers = count()
    threads = [
        threading.Thread(target=_again, args=(target, "slow PDF", upload, numbers)) for _ in range(_UPLOADS_AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


_UPLOADS_AT_ONCE = 9


def _wide_tables(target: Target) -> None:
    headers = (",".join(f"c{column}" for column in range(columns)) for columns in _COLUMNS)
    tables = [f"MPN,{header}\nLM358,1\n".encode() for header in headers]

    def hand_in(client: Client, number: int) -> None:
        file = ("wide.csv", tables[number % len(tables)], "text/csv")
        client.ask("POST", "/imports", files={"file": file}, data={"dry_run": "true"})

    _again(target, "wide table", hand_in, count())


def _thin_photos(target: Target) -> None:
    def hand_in(client: Client, number: int) -> None:
        file = io.BytesIO()
        Image.new("RGB", (3000, 1), (number % 256, number // 256, 0)).save(file, "JPEG")
        answer = client.ask("POST", "/pipelines/photo-intake/runs", files={"photo": ("thin.jpg", file.getvalue())})
        target.runs.append(UUID(answer.json()["runs"][0]["id"]))

    _again(target, "thin photo", hand_in, count(), pause=_RUN_SECONDS)


def _dripping_sites(target: Target) -> None:
    def start(client: Client, number: int) -> None:
        wanted = {"manufacturer_code": NUMBERS[number % len(NUMBERS)]}
        answer = client.ask("POST", "/pipelines/part-intake/runs", json=wanted)
        target.runs.append(UUID(answer.json()["runs"][0]["id"]))

    _again(target, "dripping site", start, count(), pause=_RUN_SECONDS)


def _idle_connections(target: Target) -> None:
    """Keep many connections open that say nothing, or half of something."""
    place = urlsplit(target.address)
    with ExitStack() as stack:
        held = [_open(stack, place.hostname or "", place.port or 0, number) for number in range(_CONNECTIONS)]
        while not target.ended.wait(1):
            for number, connection in enumerate(held):
                if _is_over(connection):
                    target.answers["idle connection: hung up"] += 1
                    held[number] = _open(stack, place.hostname or "", place.port or 0, number)


def _open(stack: ExitStack, host: str, port: int, number: int) -> socket.socket:
    connection = stack.enter_context(socket.create_connection((host, port), timeout=60))
    if number % 2:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
    connection.setblocking(False)
    return connection


def _is_over(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1024)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _again(
    target: Target,
    name: str,
    act: Callable[[Client, int], None],
    numbers: Iterator[int],
    *,
    pause: float = _PAUSE_SECONDS,
) -> None:
    with target.connect() as client:
        while not target.ended.is_set():
            began = time.monotonic()
            with suppress(httpx2.HTTPError):
                target.answers[f"{name}: {_outcome(client, act, next(numbers))}"] += 1
            target.ended.wait(max(0.0, began + pause - time.monotonic()))


def _outcome(client: Client, act: Callable[[Client, int], None], number: int) -> str:
    try:
        act(client, number)
    except RequestRefused as refusal:
        return str(refusal.status)
    except ServerError:
        return "no answer"
    return "accepted"


ATTACKS = (_slow_pdfs, _wide_tables, _thin_photos, _dripping_sites, _idle_connections)
