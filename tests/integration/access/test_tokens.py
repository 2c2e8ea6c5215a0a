"""Named tokens: what each allows, and what is written down."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from api.http.tokens import KnownTokens
from api.http.transaction import FOR_GOOD
from models.session import session_scope
from schemas.access import AccessScope
from services.access import AccessTokenService
from settings import get_settings
from tests.support.apps import app_on
from tests.support.rows import new_part

FIRST = "the-first-token-of-this-installation"


@pytest.fixture
def http(database: str, configure: Callable[..., None]) -> Iterator[FlaskClient]:
    """Serve an installation that asks for a token."""
    configure(API_TOKEN=FIRST)
    with app_on(get_settings()).test_client() as http:
        yield http


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def make(http: FlaskClient, name: str, scope: AccessScope) -> str:
    answer = http.post("/tokens", json={"name": name, "scope": scope}, headers=bearer(FIRST))
    assert answer.status_code == 201
    token: str = answer.get_json()["token"]
    return token


def ask(http: FlaskClient, token: str, method: str, path: str, **more: Any) -> TestResponse:
    return http.open(path, method=method, headers=bearer(token), **more)


REQUESTS = {
    AccessScope.READ: [("GET", "/parts"), ("GET", "/schedules"), ("POST", "/locations/suggest")],
    AccessScope.WRITE: [("POST", "/parts"), ("DELETE", "/boxes/1"), ("POST", "/stock/nothing")],
    AccessScope.OPERATE: [
        ("GET", "/tokens"),
        ("POST", "/tokens"),
        ("DELETE", "/tokens/nobody"),
        ("GET", "/audit"),
        ("PATCH", "/schedules/reconcile"),
        ("POST", "/search/rebuild"),
    ],
}


@pytest.mark.parametrize("scope", AccessScope)
def test_token_allows_what_its_scope_covers_and_no_more(scope: AccessScope, http: FlaskClient) -> None:
    token = make(http, "someone", scope)

    for needed, requests in REQUESTS.items():
        for method, path in requests:
            answer = ask(http, token, method, path, json={})
            assert (answer.status_code != 403) == scope.covers(needed), (method, path)
            if answer.status_code == 403:
                assert "someone" in answer.get_json()["error"]


def test_revoked_token_counts_no_more(http: FlaskClient) -> None:
    token = make(http, "guest", AccessScope.READ)
    assert ask(http, token, "GET", "/parts").status_code == 200

    assert ask(http, FIRST, "DELETE", "/tokens/guest").status_code == 204

    assert ask(http, token, "GET", "/parts").status_code == 401


def test_token_is_nowhere_in_the_database(http: FlaskClient, engine: Engine) -> None:
    token = make(http, "guest", AccessScope.READ)

    with engine.connect() as connection:
        rows = connection.execute(text("SELECT access_tokens::text FROM access_tokens")).scalars().all()
        entries = connection.execute(text("SELECT audit_entries::text FROM audit_entries")).scalars().all()
    assert token not in "".join([*rows, *entries])


def test_name_is_there_once(http: FlaskClient) -> None:
    make(http, "guest", AccessScope.READ)

    for name in ("guest", "installation"):
        answer = ask(http, FIRST, "POST", "/tokens", json={"name": name})
        assert answer.status_code == 409
        assert "another name" in answer.get_json()["error"]


@pytest.mark.parametrize("name", ["", "Guest", "a b", "x" * 64, "-x"])
def test_odd_name_is_refused(name: str, http: FlaskClient) -> None:
    answer = ask(http, FIRST, "POST", "/tokens", json={"name": name})

    assert answer.status_code == 400
    assert "name" in answer.get_json()["error"]


def test_what_cannot_be_undone_says_who_did_it(http: FlaskClient) -> None:
    token = make(http, "tidy", AccessScope.WRITE)
    one, other = new_part("NE555P"), new_part("NE555N")
    ask(http, token, "POST", "/boxes", json={"capacity": 3})
    assert ask(http, token, "DELETE", "/boxes/1").status_code == 204
    assert (
        ask(http, token, "POST", f"/parts/{one}/merge", json={"into": other, "command_id": str(uuid4())}).status_code
        == 200
    )
    assert ask(http, token, "DELETE", "/boxes/1").status_code == 404

    page = ask(http, FIRST, "GET", "/audit?limit=2").get_json()
    rest = ask(http, FIRST, "GET", f"/audit?after={page['next']}").get_json()

    said = [(each["actor"], each["action"], each["subject"]) for each in page["entries"] + rest["entries"]]
    assert said == [
        ("tidy", "parts.merge", f"/parts/{one}/merge"),
        ("tidy", "boxes.delete", "/boxes/1"),
        ("installation", "tokens.create", "/tokens/tidy"),
    ]
    of_one = ask(http, FIRST, "GET", "/audit?actor=installation").get_json()["entries"]
    assert [each["actor"] for each in of_one] == ["installation"]


def test_every_deletion_is_written_down(http: FlaskClient) -> None:
    deleting = {rule.endpoint for rule in http.application.url_map.iter_rules() if "DELETE" in (rule.methods or ())}

    assert deleting <= FOR_GOOD


def test_last_use_is_written_down_about_once_a_minute(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_scope() as session:
        _, token = AccessTokenService.create(session, "guest", AccessScope.READ)
    tokens = KnownTokens()
    tokens.refresh()

    assert tokens.holder(token.encode())
    tokens.refresh()
    assert last_use() is None

    monkeypatch.setattr("api.http.tokens._TOUCH_SECONDS", 0.0)
    tokens.refresh()
    assert last_use() is not None


def test_tokens_count_while_the_database_is_away(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_scope() as session:
        _, token = AccessTokenService.create(session, "guest", AccessScope.READ)
    tokens = KnownTokens()
    tokens.refresh()
    monkeypatch.setattr("api.http.tokens.session_scope", away)

    tokens.refresh()

    assert tokens.holder(token.encode())


def away() -> None:
    raise OperationalError("SELECT", {}, Exception("the server has closed the connection"))


def last_use() -> object:
    with session_scope() as session:
        (row,) = AccessTokenService.list(session)
        return row.last_used_at
