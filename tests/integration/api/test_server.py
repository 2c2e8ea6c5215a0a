import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.bench_upload import measure
from benchmarks.served import Served, serve
from tests.support.rows import new_part

FORM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'


@pytest.fixture
def server(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """Serve the API as a process of its own."""
    with serve(tmp_path, DATABASE_URL=database, API_MAX_UPLOAD_MB=request.param, API_MAX_BATCH_MB=1) as server:
        yield server


def send(port: int, *pieces: bytes) -> tuple[int, dict[str, str]]:
    """Post, and return status and answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        with connection.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def head(part: str, *more: str) -> bytes:
    lines = [f"POST /parts/{part}/documents HTTP/1.1", "Host: localhost", "Connection: close", *more]
    return "\r\n".join([*lines, "Content-Type: multipart/form-data; boundary=x", "", ""]).encode()


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


@pytest.mark.parametrize("server", [1], indirect=True)
def test_too_much_names_the_limit_however_it_is_sent(server: Served) -> None:
    part, size = new_part(), 1_000_001
    body = FORM + bytes(size - len(FORM))
    chunks = [chunk(body[start : start + 100_000]) for start in range(0, size, 100_000)]
    for pieces in (
        [head(part, f"Content-Length: {size}"), body],
        [head(part, "Transfer-Encoding: chunked"), *chunks, chunk(b"")],
        # Of much too much, not even the beginning is read.
        [head(part, "Content-Length: 900000000")],
    ):
        status, answer = send(server.port, *pieces)
        assert (status, "PARTFLOW_API_MAX_UPLOAD_MB allows 1 MB" in answer["error"]) == (413, True)


@pytest.mark.parametrize("server", [256], indirect=True)
def test_large_file_goes_up_and_down_in_little_memory(server: Served) -> None:
    measured = measure(server, new_part(), 100_000_000)
    assert all(check["ok"] for check in measured["checks"]), measured
