"""Who may call the API, and what its answers tell a browser."""

import re
from base64 import b64encode
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from api.app import create_app
from settings import Settings
from settings.groups import ApiSettings, StoreSettings, is_loopback

TOKEN = "s3cret-of-these-tests"
OPEN = re.compile("/health|/docs")


def client(tmp_path: Path, api: ApiSettings) -> FlaskClient:
    return create_app(Settings(api=api, store=StoreSettings(folder=tmp_path))).test_client()


@pytest.fixture
def closed(tmp_path: Path) -> FlaskClient:
    return client(tmp_path, ApiSettings(token=SecretStr(TOKEN), cors_origin="http://shop.example"))


@pytest.fixture
def local(tmp_path: Path) -> FlaskClient:
    return client(tmp_path, ApiSettings())


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("192.168.1.7", False),
        ("example.org", False),
    ],
)
def test_loopback_is_told_from_public(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    "header",
    [
        *(None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN),
        *("Bearer \xff", "Basic \xff", "Basic cGFydGZsb3c6d3Jvbmc=", "Negotiate abc"),
    ],
)
def test_without_the_token_nothing_opens(closed: FlaskClient, header: str | None) -> None:
    answer = closed.get("/", headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer")


@pytest.mark.parametrize(
    "header", [f"Bearer {TOKEN}", f"bearer  {TOKEN} ", f"Basic {b64encode(b'partflow:' + TOKEN.encode()).decode()}"]
)
def test_the_token_opens(closed: FlaskClient, header: str) -> None:
    assert closed.get("/", headers={"Authorization": header}).status_code == 200


def test_every_path_but_health_and_the_documentation_wants_the_token(closed: FlaskClient) -> None:
    rules = [rule for rule in closed.application.url_map.iter_rules() if not OPEN.match(rule.rule)]
    paths = ["/", "/parts", "/nothing", "/health/x", "/docsx", *(re.sub("<[^>]*>", "1", rule.rule) for rule in rules)]
    assert len(paths) > 80
    assert [path for path in paths if closed.get(path).status_code != 401] == []
    assert [closed.get(path).status_code for path in ("/health", "/docs/", "/docs/openapi.json")] == [200] * 3


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_open_paths_are_open_for_reading_only(closed: FlaskClient, method: str) -> None:
    assert closed.open("/health", method=method).status_code == 401


def test_answer_says_where_the_token_lies_and_not_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    said = client(tmp_path, ApiSettings(token_file=tmp_path / "token")).get("/parts").get_json()["error"]
    assert "the file token of the server's data folder" in said
    assert TOKEN not in said
    assert str(tmp_path) not in said


@pytest.mark.parametrize(("origin", "allowed"), [("http://shop.example", True), ("http://evil.example", False)])
def test_only_the_named_origin_may_read(closed: FlaskClient, origin: str, allowed: bool) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = closed.options("/types", headers=headers)
    assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed


def test_nobody_may_read_unless_named(local: FlaskClient) -> None:
    answer = local.get("/", headers={"Origin": "http://shop.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "status"), [("http://evil.example", 403), ("null", 403), ("http://localhost", 400), (None, 400)]
)
def test_foreign_pages_cannot_write(local: FlaskClient, origin: str | None, status: int) -> None:
    answer = local.post("/types", json={}, headers={"Origin": origin} if origin else {})
    assert answer.status_code == status


FOREIGN = ["cross-site", "same-site"]


@pytest.mark.parametrize("site", FOREIGN)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET"])
def test_browser_says_that_a_page_is_foreign(local: FlaskClient, method: str, site: str) -> None:
    answer = local.open("/types", method=method, json={}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_own_page_and_typed_address_are_answered(local: FlaskClient, site: str) -> None:
    assert local.post("/types", json={}, headers={"Sec-Fetch-Site": site}).status_code == 400


@pytest.mark.parametrize("site", FOREIGN)
def test_link_on_a_foreign_page_may_be_followed(local: FlaskClient, site: str) -> None:
    opened = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert local.get("/", headers=opened).status_code == 200
    assert local.get("/", headers=opened | {"Sec-Fetch-Dest": "iframe"}).status_code == 403
    assert local.post("/types", data={}, headers=opened).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://shop.example", "Sec-Fetch-Site": "cross-site"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}, 200),
        ({"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_front_end_may_read_and_show_pictures(closed: FlaskClient, headers: dict[str, str], status: int) -> None:
    answer = closed.get("/", headers={"Authorization": f"Bearer {TOKEN}", **headers})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8080", 200),
        ("127.0.0.1", 200),
        ("[::1]:8080", 200),
        ("rebound.example", 400),
        ("127.0.0.1.example", 400),
        ("", 400),
    ],
)
def test_without_a_token_only_local_names_answer(local: FlaskClient, host: str, status: int) -> None:
    assert local.get("/health", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/nothing", "/docs/", "/parts/none", "/types", "/health"])
@pytest.mark.parametrize("site", ["none", "cross-site"])
def test_every_answer_has_the_safe_headers(local: FlaskClient, path: str, method: str, site: str) -> None:
    headers = local.open(path, method=method, headers={"Sec-Fetch-Site": site}).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "base-uri 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in headers
    assert "Server" not in headers
