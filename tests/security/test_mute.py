"""Attempts to make the HTTP server mute; it answers all the same."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api.app import create_app
from api.http import channel as channels
from api.http.bodies import UPLOADS
from api.http.channel import BoundedChannel, ClientPhase, Patience
from api.http.lanes import LANES, ThreadLane, rooms
from api.http.transaction import PartflowFlask
from settings import Settings
from settings.groups import ApiSettings, StoreSettings
from tests.support.serving import Answer, ask, connect, free_port, head, is_closed, read_answer, served

TOKEN = "s3cret-and-long-enough"
HEALTH = head("GET", "/health")
CONNECTIONS = 12
FLOOD = 100
PATIENT = Patience(headers=600, idle=600, window=600, rate=1)
FORM = "multipart/form-data; boundary=x"
GIGABYTES = 9_000_000_000


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PartflowFlask]:
    folder = tmp_path_factory.mktemp("objects")
    with free_port() as port:
        api = ApiSettings(port=port, token=SecretStr(TOKEN), threads=2, max_connections=CONNECTIONS)
        yield create_app(Settings(api=api, store=StoreSettings(folder=folder)))


@pytest.fixture
def server(app: PartflowFlask) -> Iterator[Any]:
    with served(app) as server:
        server.patience = PATIENT
        yield server


class Gate(threading.Event):
    """An event that requests wait for, and how many do."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = threading.Semaphore(0)


@pytest.fixture
def gate(app: PartflowFlask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Let every endpoint but those of health wait until the event is set."""
    gate = Gate()

    def wait(**_: object) -> str:
        gate.waiting.release()
        gate.wait(60)
        return "done"

    for endpoint in app.view_functions:
        if not endpoint.startswith("health.live"):
            monkeypatch.setitem(app.view_functions, endpoint, wait)
    yield gate
    gate.set()


def signed(method: str, path: str, **headers: object) -> bytes:
    return head(method, path, Authorization=f"Bearer {TOKEN}", **headers)


def is_alive(server: Any) -> bool:
    return ask(server, HEALTH).status == 200


@pytest.mark.parametrize("size", [{"Content_Length": GIGABYTES}, {"Transfer_Encoding": "chunked"}])
@pytest.mark.parametrize("path", ["/pipelines/photo-intake/runs", "/parts/ABCD/documents", "/types", "/nothing"])
def test_the_token_is_asked_for_before_the_body(server: Any, path: str, size: dict[str, object]) -> None:
    assert ask(server, head("POST", path, Content_Type=FORM, **size)).status == 401


def test_origin_and_size_are_checked_before_the_body(server: Any) -> None:
    foreign = signed("POST", "/types", Origin="http://evil.example", Content_Length=10)
    assert ask(server, foreign).status == 403
    for path, setting in {
        "/pipelines/photo-intake/runs": "PARTFLOW_API_MAX_BATCH_MB",
        "/parts/ABCD/documents": "PARTFLOW_API_MAX_UPLOAD_MB",
        "/imports": "PARTFLOW_API_MAX_IMPORT_MB",
        "/types": "1000000 bytes",
        "/nothing": "1000000 bytes",
    }.items():
        answer = ask(server, signed("POST", path, Content_Type=FORM, Content_Length=GIGABYTES))
        assert (answer.status, setting in answer.error) == (413, True)


def test_the_host_is_checked_before_the_body(tmp_path: Path) -> None:
    with free_port() as port:
        app = create_app(Settings(api=ApiSettings(port=port), store=StoreSettings(folder=tmp_path)))
        with served(app) as server:
            answer = ask(server, head("POST", "/types", Host="rebound.example", Content_Length=GIGABYTES))
    assert (answer.status, "local names" in answer.error) == (400, True)


def test_a_body_without_a_stated_size_ends_at_the_limit(server: Any) -> None:
    with connect(server) as connection:
        connection.sendall(signed("POST", "/types", Content_Type="application/json", Transfer_Encoding="chunked"))
        connection.sendall(b"%x\r\n%s\r\n" % (1_100_000, b" " * 1_100_000))
        assert read_answer(connection).status == 413


def test_a_client_that_waits_for_a_yes_is_told_no(server: Any) -> None:
    refused = head("POST", "/types", Expect="100-continue", Content_Length=GIGABYTES)
    assert ask(server, refused).status == 401


def test_the_answer_reaches_a_client_that_goes_on_sending(server: Any) -> None:
    with connect(server) as connection:
        connection.sendall(head("POST", "/types", Content_Length=GIGABYTES))
        for _ in range(100):
            connection.sendall(bytes(100_000))
        assert read_answer(connection).status == 401


def test_a_client_that_never_stops_sending_is_cut_off(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "_DRAIN_SECONDS", 1)
    with connect(server) as connection:
        connection.sendall(head("POST", "/types", Content_Length=GIGABYTES))
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            _send_for_a_minute(connection)


def _send_for_a_minute(connection: Any) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        connection.sendall(bytes(100_000))


SLOW = {
    "silent": (b"", b""),
    "sends blank lines": (b"", b"\r\n"),
    "sends half of the headers": (HEALTH[:-2], b""),
    "drips headers": (HEALTH[:-2] + b"X-More: ", b"a"),
    "asks for nothing more": (HEALTH, b""),
    "sends no body": (signed("POST", "/types", Content_Type="application/json", Content_Length=900_000), b""),
    "drips a body": (signed("POST", "/types", Content_Type="application/json", Content_Length=900_000), b"a"),
    "drips chunks": (signed("POST", "/types", Transfer_Encoding="chunked"), b"1\r\na\r\n"),
}


def test_clients_that_take_too_long_are_disconnected(server: Any) -> None:
    server.patience = Patience(headers=1, idle=1, window=1, rate=1000)
    ended = threading.Event()
    with ExitStack() as opened, ThreadPoolExecutor(len(SLOW)) as dripping:
        connections = {name: opened.enter_context(connect(server)) for name in SLOW}
        for name, (beginning, drip) in SLOW.items():
            connections[name].sendall(beginning)
            dripping.submit(_drip, connections[name], drip, ended)
        assert {name: is_closed(connection) for name, connection in connections.items()} == dict.fromkeys(SLOW, True)
        ended.set()


def _drip(connection: Any, drip: bytes, ended: threading.Event) -> None:
    while drip and not ended.wait(0.1):
        try:
            connection.sendall(drip)
        except OSError:
            return


# Waitress leaves it to Python to close the temporary file of an answer that it has begun to send.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_client_that_does_not_read_gives_its_thread_back(
    app: PartflowFlask, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "exports.csv", lambda: bytes(60_000_000))
    server.patience = PATIENT._replace(window=1, rate=1000)
    request = signed("GET", "/export.csv")
    threads = rooms(2)[ThreadLane.FILES].threads
    with ExitStack() as lazy:
        for _ in range(threads):
            lazy.enter_context(connect(server)).sendall(request)
        assert len(ask(server, request).body) == 60_000_000


def test_a_client_that_is_active_stays_connected(server: Any) -> None:
    patience, now = Patience(headers=10, idle=10, window=10, rate=1000), time.monotonic()
    server.next_channel_cleanup = float("inf")
    with connect(server) as connection:
        for later in (8, 16, 24):
            connection.sendall(HEALTH)
            assert read_answer(connection).status == 200
            (channel,) = server.active_channels.values()
            _wait_until_idle(channel)
            assert not channel.is_overdue(now + later, patience)
        assert channel.is_overdue(now + 35, patience)


def _wait_until_idle(channel: BoundedChannel) -> None:
    deadline = time.monotonic() + 30
    while channel.phase() is not ClientPhase.IDLE and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.parametrize("beginning", [b"", HEALTH[:-2], HEALTH])
def test_a_new_client_takes_the_place_of_one_that_waits(server: Any, beginning: bytes) -> None:
    with ExitStack() as waiting:
        for _ in range(FLOOD):
            waiting.enter_context(connect(server)).sendall(beginning)
        assert is_alive(server)


def test_health_answers_while_all_other_threads_are_busy(server: Any, gate: Gate) -> None:
    paths = ["/parts", "/health/ready", "/export.csv", "/parts"]
    with ExitStack() as connections:
        busy = [connections.enter_context(connect(server)) for _ in paths]
        for connection, path in zip(busy, paths, strict=True):
            connection.sendall(signed("GET", path))
        assert is_alive(server)
        gate.set()
        assert [read_answer(connection).body for connection in busy] == [b"done"] * len(paths)


def test_uploads_to_look_at_are_refused_when_as_many_wait_as_may(server: Any, gate: Gate) -> None:
    room = rooms(2)[ThreadLane.LOOK]
    upload = signed("POST", "/parts/ABCD/documents", Content_Type=FORM, Content_Length=3) + b"abc"
    taken = room.threads + (room.waiting or 0)
    # A link is not looked at.
    link = signed("POST", "/parts/ABCD/documents", Content_Type="application/json", Content_Length=2) + b"{}"
    with ExitStack() as connections, connect(server) as other:
        uploads = [connections.enter_context(connect(server)) for _ in range(taken)]
        for number, connection in enumerate(uploads):
            # Those that are served have left the queue before others wait in it.
            assert number != room.threads or all(gate.waiting.acquire(timeout=30) for _ in range(number))
            connection.sendall(upload)
        refused = _first_refusal(server, upload)
        assert (refused.status, int(refused.headers["Retry-After"]) > 0) == (429, True)
        other.sendall(link)
        gate.set()
        assert [read_answer(connection).status for connection in (other, *uploads)] == [200] * (taken + 1)


def _first_refusal(server: Any, upload: bytes) -> Answer:
    """Ask until the uploads before it have been received."""
    lanes, room = server.task_dispatcher, rooms(2)[ThreadLane.LOOK]
    deadline = time.monotonic() + 30
    while not lanes.is_full(ThreadLane.LOOK) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert lanes.is_full(ThreadLane.LOOK), room
    return ask(server, upload)


def test_lanes_and_limits_are_of_endpoints_that_exist(app: PartflowFlask) -> None:
    assert set(LANES) | set(UPLOADS) <= set(app.view_functions)
