from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from api.app import create_app
from settings import Settings
from settings.groups import ApiSettings, StoreSettings, is_loopback


def client(tmp_path: Path, api: ApiSettings) -> FlaskClient:
    return create_app(Settings(api=api, store=StoreSettings(folder=tmp_path))).test_client()


@pytest.fixture
def closed(tmp_path: Path) -> FlaskClient:
    return client(tmp_path, ApiSettings(token=SecretStr("s3cret"), cors_origin="http://shop.example"))


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
    "header", [None, "", "Bearer", "Bearer wrong", "Basic s3cret", "Bearer s3cretx", "s3cret", "Bearer \xff"]
)
def test_without_the_token_nothing_opens(closed: FlaskClient, header: str | None) -> None:
    answer = closed.get("/", headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("header", ["Bearer s3cret", "bearer s3cret"])
def test_the_token_opens(closed: FlaskClient, header: str) -> None:
    assert closed.get("/", headers={"Authorization": header}).status_code == 200


def test_every_path_but_health_wants_the_token(closed: FlaskClient) -> None:
    paths = ["/", "/docs/", "/docs/openapi.json", "/parts", "/types", "/nothing", "/health/x"]
    assert [closed.get(path).status_code for path in paths] == [401] * len(paths)
    assert closed.get("/health").status_code == 200


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


@pytest.mark.parametrize(
    ("host", "status"), [("localhost:8080", 200), ("127.0.0.1", 200), ("[::1]:8080", 200), ("rebound.example", 400)]
)
def test_without_a_token_only_local_names_answer(local: FlaskClient, host: str, status: int) -> None:
    assert local.get("/health", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("path", ["/", "/nothing", "/docs/"])
def test_every_answer_has_the_safe_headers(local: FlaskClient, path: str) -> None:
    headers = local.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
