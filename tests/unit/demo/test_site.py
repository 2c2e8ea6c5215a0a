import http.client
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import datasheets
from demo.parts import Lead, demo_parts
from demo.places import path_of
from demo.server import DatasheetSite

PART = demo_parts()[0]
SHEET = path_of(Lead.SHEET, PART)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def site() -> Iterator[DatasheetSite]:
    with DatasheetSite() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def visitor(site: DatasheetSite) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", site.server_port, timeout=60)
    yield connection
    connection.close()


def get(visitor: http.client.HTTPConnection, path: str, **headers: str) -> http.client.HTTPResponse:
    visitor.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return visitor.getresponse()


def test_datasheet_is_served(visitor: http.client.HTTPConnection) -> None:
    answer = get(visitor, SHEET)

    assert answer.getheader("Content-Type") == "application/pdf"
    assert answer.read() == datasheets.datasheet(PART)


@pytest.mark.parametrize(
    ("sent", "kept"), [("If_None_Match", "ETag"), ("If_Modified_Since", "Last-Modified")], ids=["etag", "date"]
)
def test_unchanged_file_is_not_sent_again(visitor: http.client.HTTPConnection, sent: str, kept: str) -> None:
    first = get(visitor, SHEET)
    first.read()
    again = get(visitor, SHEET, **{sent: first.getheader(kept, "")})

    assert (again.status, again.read()) == (304, b"")


def test_another_etag_gets_the_file(visitor: http.client.HTTPConnection) -> None:
    assert (
        get(visitor, SHEET, If_None_Match='"another"', If_Modified_Since="Tue, 05 Mar 2024 09:00:00 GMT").status == 200
    )


@pytest.mark.parametrize(
    ("lead", "status", "start"),
    [
        (Lead.SHELL, 200, b"<!doctype html>"),
        (Lead.VIEWER, 200, b"<!doctype html>"),
        (Lead.WRONG_PART, 200, b"%PDF-"),
        (Lead.BROCHURE, 200, b"%PDF-"),
        (Lead.ERRATA, 200, b"%PDF-"),
        (Lead.TRUNCATED, 200, b"%PDF-"),
        (Lead.ENCRYPTED, 200, b"%PDF-"),
        (Lead.PICTURE, 200, b"\x89PNG"),
        (Lead.BOT_WALL, 403, b"<!doctype html>"),
        (Lead.MISSING, 404, b"<!doctype html>"),
    ],
)
def test_trap_answers_as_such(visitor: http.client.HTTPConnection, lead: Lead, status: int, start: bytes) -> None:
    answer = get(visitor, path_of(lead, PART))

    assert answer.status == status
    assert answer.read().startswith(start)


def test_viewer_frames_the_real_file(visitor: http.client.HTTPConnection) -> None:
    page = get(visitor, path_of(Lead.VIEWER, PART)).read().decode()

    assert re.findall(r'src="([^"#]+)', page) == [SHEET]


def test_shell_names_no_file(visitor: http.client.HTTPConnection) -> None:
    assert b".pdf" not in get(visitor, path_of(Lead.SHELL, PART)).read()


@pytest.mark.parametrize(
    ("lead", "goal"), [(Lead.PRIVATE, "http://10.0.0.7/"), (Lead.METADATA, "http://169.254.169.254/")]
)
def test_redirect_leads_to_a_private_address(visitor: http.client.HTTPConnection, lead: Lead, goal: str) -> None:
    assert get(visitor, path_of(lead, PART)).getheader("Location", "").startswith(goal)


def test_loop_never_ends_nor_repeats(visitor: http.client.HTTPConnection) -> None:
    seen = [path_of(Lead.LOOP, PART)]
    for _ in range(25):
        answer = get(visitor, seen[-1])
        answer.read()
        seen.append(answer.getheader("Location", ""))

    assert len(set(seen)) == len(seen)


def test_interrupted_file_is_shorter_than_promised(visitor: http.client.HTTPConnection) -> None:
    with pytest.raises(http.client.IncompleteRead):
        get(visitor, path_of(Lead.INTERRUPTED, PART)).read()


def test_huge_file_says_how_large_it_is(visitor: http.client.HTTPConnection) -> None:
    assert int(get(visitor, path_of(Lead.HUGE, PART)).getheader("Content-Length", "0")) > 1_000_000_000


def test_drip_comes_byte_by_byte(visitor: http.client.HTTPConnection) -> None:
    answer = get(visitor, path_of(Lead.DRIP, PART))

    assert answer.read(2) == b"%P"


def test_others_are_served_beside_drips(site: DatasheetSite, visitor: http.client.HTTPConnection) -> None:
    waiting = [http.client.HTTPConnection("127.0.0.1", site.server_port) for _ in range(20)]
    for each in waiting:
        each.request("GET", path_of(Lead.DRIP, PART))
    started = time.monotonic()
    status = get(visitor, SHEET).status
    for each in waiting:
        each.close()

    assert status == 200
    assert time.monotonic() - started < 60


def test_unknown_path_is_not_found(visitor: http.client.HTTPConnection) -> None:
    assert get(visitor, "/").status == 404


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_program_stops_quietly_while_dripping(stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "demo.site", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 60)[0]
        host, _, port = process.stdout.readline().strip().removeprefix("http://").partition(":")
        visitor = http.client.HTTPConnection(host, int(port), timeout=60)
        get(visitor, path_of(Lead.DRIP, PART)).read(1)
        process.send_signal(stop)
        _, errors = process.communicate(timeout=60)
        visitor.close()

    assert (process.returncode, errors) == (0, "")
