import json
from collections.abc import Callable
from contextlib import nullcontext

import httpx2
import pytest
from click.testing import CliRunner, Result

from api.http.transaction import PartflowFlask
from cli.client import Client
from cli.token import token

Run = Callable[..., Result]


@pytest.fixture
def run(app: PartflowFlask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command against the API of the test."""
    http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url="http://localhost")
    monkeypatch.setattr("cli.token.connect", lambda _server, _data_dir: nullcontext(Client(http)))
    return lambda *words: CliRunner().invoke(token, words, env={"COLUMNS": "200"})


def test_token_is_printed_once_and_listed_until_it_is_revoked(run: Run) -> None:
    made = run("create", "wall-display", "--scope", "read").stdout.strip()

    listed = run("list").stdout
    assert "wall-display" in listed
    assert "never" in listed
    assert made not in listed

    assert run("revoke", "wall-display").exit_code == 0
    assert json.loads(run("list", "--json").stdout)["tokens"] == []


def test_log_says_who_did_what(run: Run) -> None:
    run("create", "guest")
    run("revoke", "guest")

    actions = [each["action"] for each in json.loads(run("log", "--json").stdout)["entries"]]
    assert actions == ["tokens.delete", "tokens.create"]
    assert "/tokens/guest" in run("log", "--actor", "installation").stdout
    assert json.loads(run("log", "--actor", "nobody", "--json").stdout)["entries"] == []
