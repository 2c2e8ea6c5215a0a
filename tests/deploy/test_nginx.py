"""NGINX before the real API: what goes up and comes down is whole, early refusals stay early, and sign-in works."""

import hashlib
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import httpx2
import pytest
from werkzeug.serving import make_server

from benchmarks.bench_upload import large_pdf
from benchmarks.served import serve
from settings.groups import ApiSettings
from tests.deploy.tools import tool
from tests.support.nginx import TEMPLATE, Front, nginx
from tests.support.rows import new_part

TOKEN = "the-token-of-the-test-of-nginx"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
CHUNK = 1 << 18


@pytest.fixture(scope="module")
def running(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Serve the API behind nginx."""
    program, openssl = tool("nginx"), tool("openssl")
    folder = tmp_path_factory.mktemp("front")
    with (
        serve(folder, DATABASE_URL=database_url, API_TOKEN=TOKEN) as api,
        nginx(program, openssl, folder / "nginx", api.port) as front,
    ):
        yield front


@pytest.fixture
def front(running: Front, database: str) -> Front:
    """Empty the database that it serves."""
    return running


def test_file_goes_up_and_comes_down_whole(front: Front, request: pytest.FixtureRequest) -> None:
    size = request.config.getoption("--upload-mb") * 1_000_000
    part, sent, received = new_part("NE555P"), hashlib.sha256(), hashlib.sha256()
    with front.client(**BEARER) as client, TemporaryFile() as file:
        for piece in large_pdf(size):
            sent.update(piece)
            file.write(piece)
        file.seek(0)
        created = client.post(f"/parts/{part}/documents", files={"file": ("large.pdf", file, "application/pdf")})
        assert created.status_code == 201, created.text
        content = created.json()["content"]
        with client.stream("GET", content) as answer:
            for chunk in answer.iter_bytes(CHUNK):
                received.update(chunk)
        etag = answer.headers["ETag"]
        part_of_it = client.get(content, headers={"Range": "bytes=0-7", "If-Range": etag})
        unchanged = client.get(content, headers={"If-None-Match": etag})

    assert received.digest() == sent.digest()
    assert (part_of_it.status_code, part_of_it.content) == (206, b"%PDF-1.7")
    assert part_of_it.headers["Content-Range"] == f"bytes 0-7/{answer.headers['Content-Length']}"
    assert unchanged.status_code == 304


def test_upload_is_refused_before_its_body_is_sent(front: Front) -> None:
    head = (
        f"POST /parts/{new_part('NE555P')}/documents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    with (
        socket.create_connection(("127.0.0.1", front.port), timeout=120) as plain,
        front.trust.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        connection.sendall(head.encode() + b"--x\r\n")
        answer = connection.recv(CHUNK)

    assert answer.startswith(b"HTTP/1.1 401 ")


def test_sign_in_passes_and_is_asked_for(front: Front) -> None:
    with front.client() as client:
        asked = client.get("/parts")
        as_program = client.get("/parts", headers=BEARER)
        as_person = client.get("/parts", auth=("partflow", TOKEN))
        from_a_page = client.post("/tags", json={"name": "smd"}, headers={**BEARER, "Origin": front.address})
        from_elsewhere = client.post("/tags", json={"name": "x"}, headers={**BEARER, "Origin": "https://evil.example"})

    assert (asked.status_code, asked.headers["WWW-Authenticate"][:6]) == (401, "Bearer")
    assert (as_program.status_code, as_person.status_code) == (200, 200)
    assert from_a_page.status_code != 403
    assert from_elsewhere.status_code == 403


def test_body_that_is_too_large_gets_a_sentence(front: Front) -> None:
    with front.client(**BEARER) as client:
        by_nginx = client.post("/parts", content=b" " * 1_100_000, headers={"Content-Type": "application/json"})
        by_api = client.post("/parts", content=b" " * 1_030_000, headers={"Content-Type": "application/json"})

    for answer in (by_nginx, by_api):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_answers_carry_the_safe_headers(front: Front) -> None:
    with front.client(**BEARER) as client:
        without = client.get("/", headers={"Accept": "text/html,*/*"})
        (front.site / "index.html").write_text("<!doctype html><title>front end</title>")
        api, page = client.get("/parts"), client.get("/app/anything")
        start = client.get("/", headers={"Accept": "text/html,*/*"})
        index = client.get("/", headers={"Accept": "application/json"})

    assert "front end" in page.text
    for answer in (api, page):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert without.headers["Location"] == "/docs/"
    assert (start.status_code, start.headers["Location"]) == (302, "/app/")
    assert index.json()["name"] == "Partflow"


def test_only_a_person_is_led_from_http_to_https(front: Front) -> None:
    address = f"http://localhost:{front.plain_port}/docs/"
    person = httpx2.get(address, headers={"Accept": "text/html"}, trust_env=False)
    program = httpx2.get(address, headers=BEARER, trust_env=False)

    assert (person.status_code, person.headers["Location"]) == (308, "https://localhost/docs/")
    assert (program.status_code, program.json()["code"]) == (403, "forbidden")


def test_limits_of_bodies_are_those_of_the_api_and_a_little_more() -> None:
    text = TEMPLATE.read_text()
    api = ApiSettings()
    for location, megabytes in {
        "^/parts/[^/]+/documents$": api.max_upload_mb,
        "/pipelines/photo-intake/runs": api.max_batch_mb,
        "/imports": api.max_import_mb + 1,
    }.items():
        found = re.search(rf"location \S+ {re.escape(location)} \{{\s+client_max_body_size (\d+)m;", text)
        assert found
        assert int(found[1]) * (1 << 20) > megabytes * 1_000_000


@contextmanager
def stub(app: Callable[..., Iterable[bytes]]) -> Iterator[int]:
    """Serve an application that stands for the API."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_thumbnail_is_asked_for_once_by_each_token_and_always_for_foreign_pages(tmp_path: Path) -> None:
    program, openssl = tool("nginx"), tool("openssl")
    asked: list[str] = []

    def picture(environ: dict[str, Any], start: Callable[..., object]) -> list[bytes]:
        asked.append(environ["HTTP_AUTHORIZATION"])
        start("200 OK", [("Cache-Control", "private, max-age=31536000, immutable"), ("Content-Length", "1")])
        return [b"x"]

    path = "/documents/7/thumbnail?size=128"
    with stub(picture) as port, nginx(program, openssl, tmp_path / "nginx", port) as front, front.client() as client:
        for _ in range(3):
            client.get(path, headers={"Authorization": "Bearer first"})
        client.get(path, headers={"Authorization": "Bearer second"})
        client.get("/documents/7/content", headers={"Authorization": "Bearer third"})
        client.get("/documents/7/content", headers={"Authorization": "Bearer third"})
        client.get(path, headers={"Authorization": "Bearer first", "Sec-Fetch-Site": "cross-site"})

    assert asked == ["Bearer first", "Bearer second", "Bearer third", "Bearer third", "Bearer first"]
