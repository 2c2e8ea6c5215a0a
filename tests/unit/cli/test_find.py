"""Finding parts: what is printed."""

import json
from contextlib import nullcontext
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner, Result

from cli.client import Client
from cli.find import find

HIT: dict[str, Any] = {
    "id4": "ABCD", "manufacturer_code": "NE555P", "manufacturer": "TI", "type": None, "description": "Timer [bold]",
    "tags": ["timer"], "quantity": 5,
    "placements": [{"slot": "7-3", "box_no": 7, "loc_no": 3, "quantity": 5}],
    "retired": False, "why": "words",
    "fragments": [{"field": "description", "text": "Timer \x1b[31m", "marks": [[0, 5]], "document": None, "page": 4}],
    "score": 30.5,
}  # fmt: skip


def ask(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], *words: str) -> tuple[Result, list[str]]:
    asked: list[str] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(200, json={"query": "q", "hits": [], "more": False, "advice": None, **answer})

    client = Client(httpx2.Client(base_url="http://parts", transport=httpx2.MockTransport(respond)))
    monkeypatch.setattr("cli.find.connect", lambda _server, _data_dir: nullcontext(client))
    return CliRunner().invoke(find, words), asked


def test_one_request_finds_and_shows_why(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = {**HIT, "id4": "EFGH", "quantity": 0, "placements": []}
    done, asked = ask(monkeypatch, {"hits": [HIT, empty], "more": True}, "5V", "timer", "--limit", "3")

    assert asked == ["http://parts/search?q=5V+timer&limit=3"]
    assert all(text in done.stdout for text in ("ABCD", "NE555P", "7-3 (5)", "words", "Timer", "(page 4)"))
    assert "\x1b[31m" not in done.stdout
    assert next(line for line in done.stdout.splitlines() if "EFGH" in line).split()[3] == "0"
    assert (done.exit_code, done.stderr) == (0, "partflow: there are more; add a word, or raise --limit\n")


def test_json_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    done, _ = ask(monkeypatch, {"hits": [HIT]}, "timer", "--json")

    assert json.loads(done.stdout)["hits"] == [HIT]


@pytest.mark.parametrize(
    ("advice", "said"),
    [
        ({"did_you_mean": ["timer"]}, "did you mean timer?"),
        ({"without": "xyz", "instead": "5V timer"}, "without the word xyz there are some: partflow find 5V timer"),
    ],
)
def test_nothing_found_exits_1_and_says_what_to_ask(
    monkeypatch: pytest.MonkeyPatch, advice: dict[str, Any], said: str
) -> None:
    done, _ = ask(monkeypatch, {"advice": advice}, "tmer")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"partflow: no part is found for q\npartflow: {said}\n"
