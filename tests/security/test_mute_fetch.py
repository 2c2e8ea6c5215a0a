"""Sites that send slowly, or what takes long to read; they hold up themselves and nobody else."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpcore2
import pytest

from clients.web.fetcher import Fetcher
from clients.web.pace import Pace
from embedded.layout import Layout
from embedded.programs import default_programs
from engine.step.permits import permit, remember
from schemas.datasheet import Verdict
from schemas.errors import Busy, Refused
from settings.groups import FetchSettings
from tasks import clients, fetching
from tasks.fetch import Candidate, FetchCandidate
from tasks.fetching import Wanted
from tests.support.files import pdf
from tests.support.hostile_web import Script, hostile_web, page

PART = Wanted("LM358", None)
PATIENCE = {"read_seconds": 300, "total_seconds": 600}


def dripping(beginning: bytes, drop: bytes) -> Script:
    def drip(connection: socket.socket) -> None:
        connection.sendall(beginning)
        hung_up = threading.Event()
        while not hung_up.wait(0.02):
            connection.sendall(drop)

    return drip


PAGES: dict[str, bytes | Script] = {
    "/body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
    "/headers": dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "/chunks": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "/wall": dripping(b"HTTP/1.1 503 Busy\r\nContent-Length: 100000\r\n\r\n", b"x"),
    "/ok.pdf": page(pdf("LM358")),
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with hostile_web(PAGES) as port:
        # Pages may not redirect to a port that is only known now.
        there = f"http://localhost:{port}/ok.pdf"
        PAGES["/elsewhere"] = page(status="302 Found", Location=there)
        PAGES["/wrapper"] = page(f'<html><a href="{there}">Datasheet of LM358</a></html>'.encode())
        yield port


@pytest.mark.parametrize("path", ["/body", "/headers", "/chunks", "/wall"])
def test_a_site_that_drips_is_given_up(port: int, path: str) -> None:
    there = f"127.0.0.1:{port}"
    settings = FetchSettings.model_validate(
        {"allowed_addresses": there, "min_rate": 2000, "rate_seconds": 0.2, **PATIENCE}
    )
    with pytest.raises(Refused) as refused:
        Fetcher(settings).fetch(f"http://{there}{path}")
    assert (refused.value.code, refused.value.retryable) == (Verdict.TIMEOUT, False)


@pytest.mark.parametrize(
    ("sizes", "is_slow"),
    [
        ([10_000, 0, 0, 0, 0, 0], False),
        ([1], False),
        ([500, 500, 500, 500, 500, 500, 500], True),
        ([9999, 0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 10], True),
        ([2000] * 20, False),
    ],
)
def test_the_rate_is_measured_over_a_window(monkeypatch: pytest.MonkeyPatch, sizes: list[int], is_slow: bool) -> None:
    seconds = iter(range(100))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(seconds)))
    pace = Pace(1000, 5)

    def arrive() -> None:
        for size in sizes:
            pace.count(size)

    if is_slow:
        with pytest.raises(httpcore2.ReadTimeout, match="less than 1000 bytes per second"):
            arrive()
    else:
        arrive()


@pytest.fixture
def candidate(database: str, configure: Callable[..., None], port: int) -> Iterator[Callable[[str], Candidate]]:
    """Return a function that makes a candidate of a path of the site, from which one file at a time is fetched."""
    configure(FETCH_ALLOWED_ADDRESSES=f"127.0.0.1:{port}", FETCH_MAX_PER_HOST=1)
    clients.fetcher.cache_clear()
    yield lambda path: Candidate(f"http://127.0.0.1:{port}{path}", PART)
    clients.fetcher.cache_clear()


@pytest.mark.parametrize("path", ["/elsewhere", "/wrapper"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_every_host_on_the_way_needs_a_permit(
    candidate: Callable[[str], Candidate], port: int, host: str, path: str
) -> None:
    with permit(f"host:{host}", limit=1, seconds=60), pytest.raises(Busy, match=f"host:{host}"):
        FetchCandidate().work(candidate(path))
    assert FetchCandidate().work(candidate(path)).final_url == f"http://localhost:{port}/ok.pdf"


def test_a_host_is_held_until_its_file_is_read(
    candidate: Callable[[str], Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def judge(*_: object) -> None:
        with ExitStack() as permits:
            try:
                permits.enter_context(permit("host:127.0.0.1", limit=1, seconds=60))
            except Busy as busy:
                seen.append(busy.detail)
        raise Refused(Verdict.NOT_PDF, "that was all")

    monkeypatch.setattr(fetching, "judged", judge)
    FetchCandidate().work(candidate("/ok.pdf"))
    assert "host:127.0.0.1" in seen[0]
    with permit("host:127.0.0.1", limit=1, seconds=60):
        pass


def test_a_host_that_is_too_slow_too_often_is_left_alone(
    candidate: Callable[[str], Candidate], configure: Callable[..., None]
) -> None:
    configure(FETCH_MIN_RATE=2000, FETCH_RATE_SECONDS=0.2, FETCH_MAX_SLOW=2)
    clients.fetcher.cache_clear()
    said = [
        FetchCandidate().work(candidate(path)) for path in ("/body", "/ok.pdf", "/headers", "/ok.pdf", "/elsewhere")
    ]
    assert [each.verdict == Verdict.TIMEOUT for each in said] == [True, False, True, True, True]
    assert "127.0.0.1 was too slow 2 times within 60 s" in (said[-1].detail or "")
    other = candidate("/ok.pdf")._replace(url=candidate("/ok.pdf").url.replace("127.0.0.1", "localhost"))
    assert FetchCandidate().work(other).verdict != Verdict.TIMEOUT
    configure(FETCH_MAX_SLOW=3)
    assert FetchCandidate().work(candidate("/ok.pdf")).verdict != Verdict.TIMEOUT


def test_a_host_that_was_slow_gets_fewer_permits(
    candidate: Callable[[str], Candidate], configure: Callable[..., None]
) -> None:
    configure(FETCH_MAX_PER_HOST=2)
    FetchCandidate().work(candidate("/ok.pdf"))
    with permit("host:127.0.0.1", limit=2, seconds=60):
        FetchCandidate().work(candidate("/ok.pdf"))
        remember("slow:127.0.0.1", limit=9, seconds=60)
        with pytest.raises(Busy):
            FetchCandidate().work(candidate("/ok.pdf"))
    remember("slow:127.0.0.1", limit=9, seconds=60)
    FetchCandidate().work(candidate("/ok.pdf"))


def test_a_host_gets_half_of_the_permits_before_it_has_sent_a_file_in_time(
    candidate: Callable[[str], Candidate], configure: Callable[..., None]
) -> None:
    configure(FETCH_MAX_PER_HOST=2)
    with permit("host:127.0.0.1", limit=2, seconds=60), pytest.raises(Busy):
        FetchCandidate().work(candidate("/ok.pdf"))
    FetchCandidate().work(candidate("/ok.pdf"))
    with permit("host:127.0.0.1", limit=2, seconds=60):
        FetchCandidate().work(candidate("/ok.pdf"))


def test_a_slow_host_leaves_processes_to_the_others(tmp_path: Path) -> None:
    layout = Layout(data=tmp_path, home=tmp_path, run=tmp_path, account=None)
    commands = {each.name: each.command for each in default_programs(layout, 5555)}
    queues = {name: _option(words, "-Q").split(",") for name, words in commands.items() if name.startswith("worker")}
    assert [name for name, taken in queues.items() if "fetch" in taken] == ["worker-fetch"]
    assert queues["worker-fetch"] == ["fetch", "fetch.bulk"]
    assert int(_option(commands["worker-fetch"], "-c")) > FetchSettings().max_per_host


def _option(words: tuple[str, ...], name: str) -> str:
    return words[words.index(name) + 1]
