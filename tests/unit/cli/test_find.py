"""Finding parts: what is said when not all are shown."""

import json
from contextlib import nullcontext

import httpx2
import pytest
from click.testing import CliRunner

from cli.client import Client
from cli.find import find

SUMMARY: dict[str, object] = {
    "id4": "ABCD", "manufacturer_code": "NE555P", "manufacturer": None, "type": None, "description": None,
    "tags": ["timer"], "quantity": 0, "image": None, "created_at": "2026-11-27T00:00:00Z",
    "updated_at": "2026-11-27T00:00:00Z", "retired_at": None, "links": {},
}  # fmt: skip
PART = {
    **SUMMARY, "seller": None, "seller_link": None, "set_by": {}, "merged_from": [], "placements": [],
    "documents": [], "suggestions": [],
}  # fmt: skip


def answer(request: httpx2.Request) -> httpx2.Response:
    shown: list[object] = [SUMMARY] if "tag" in request.url.params else []
    answers: dict[str, object] = {
        "/parts": {"parts": shown, "next": "more" if shown else None},
        "/parts/duplicates": {"duplicates": []},
    }
    return httpx2.Response(200, json=answers.get(request.url.path, PART))


def test_more_parts_than_a_page_has_are_said_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(httpx2.Client(base_url="http://parts", transport=httpx2.MockTransport(answer)))
    monkeypatch.setattr("cli.find.connect", lambda _server, _data_dir: nullcontext(client))
    found = CliRunner().invoke(find, ["timers", "--json"])

    assert [part["id4"] for part in json.loads(found.stdout)["parts"]] == ["ABCD"]
    assert found.stderr == "partflow: there are more; these are the first 1\n"
