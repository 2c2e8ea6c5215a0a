"""The inbox and the retirement of parts from the command line."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner, Result

from api.http.transaction import PartflowFlask
from cli.client import Client, RequestRefused
from cli.inbox import inbox
from cli.part import part as part_commands
from cli.parts import parts as parts_commands
from cli.stock import receive
from schemas.suggestion import SuggestionField
from tests.support.rows import new_box, new_part, new_suggestion

Run = Callable[..., Result]


@pytest.fixture
def run(app: PartflowFlask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command against the API of the test."""
    http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url="http://localhost")
    for module in ("inbox", "part", "parts", "stock"):
        monkeypatch.setattr(f"cli.{module}.connect", lambda _server, _data_dir: nullcontext(Client(http)))

    def invoke(command: Any, *words: object, code: int = 0) -> Result:
        done = CliRunner().invoke(command, list(map(str, words)))
        assert done.exit_code == code, done.output
        return done

    return invoke


def listed(run: Run, *words: object) -> list[int]:
    return [each["id"] for each in json.loads(run(inbox, "list", "--json", *words).stdout)["suggestions"]]


def test_inbox_is_listed_and_filtered(run: Run) -> None:
    part = new_part("NE555P")
    tags = new_suggestion(part, SuggestionField.TAGS, ["smd"])
    number = new_suggestion(new_part(), SuggestionField.PART_NUMBER, {"manufacturer_code": "LM358"})
    assert listed(run) == [tags, number]
    assert listed(run, "--part", part) == listed(run, "--field", "tags") == [tags]
    assert listed(run, "--at-least", "0.9") == listed(run, "--state", "rejected") == []
    table = run(inbox, "list", "--limit", 1)
    assert "2 in all" in table.stdout
    assert "barcode: as printed" in table.stdout
    assert "--after" in table.stderr


def test_suggestions_are_accepted_edited_rejected_and_taken_back(run: Run) -> None:
    part, box_no = new_part(), new_box()
    number = new_suggestion(part, SuggestionField.PART_NUMBER, {"manufacturer_code": "LM358"})
    stock = new_suggestion(part, SuggestionField.STOCK, {"quantity": 10, "slot": f"{box_no}-1"})
    tags = new_suggestion(part, SuggestionField.TAGS, ["smd", "relay"])
    assert "goes on from it" in run(inbox, "accept", number, "--number", "LM358N").stdout
    run(inbox, "accept", stock, "--quantity", 9, "--slot", f"{box_no}-2")
    run(inbox, "accept", tags, "--tag", "smd")
    shown = json.loads(run(part_commands, "show", part, "--json").stdout)
    assert (shown["manufacturer_code"], shown["quantity"], shown["tags"]) == ("LM358N", 9, ["smd"])
    assert "is cancelled" in run(inbox, "undo", number).stdout
    run(inbox, "undo", stock)
    run(inbox, "reject", number, stock)
    assert listed(run, "--state", "rejected") == [number, stock]


def test_one_refusal_refuses_all_unless_each_is_decided(run: Run) -> None:
    tags = new_suggestion(new_part(), SuggestionField.TAGS, ["smd"])
    stock = new_suggestion(new_part(), SuggestionField.STOCK, {"quantity": 10})
    with pytest.raises(RequestRefused, match="give a slot"):
        raise _refused(run(inbox, "accept", tags, stock, code=1))
    assert listed(run) == [tags, stock]
    refused = run(inbox, "accept", tags, stock, "--each", code=1)
    assert f"suggestion {stock}: no free slot was found; give a slot" in refused.stderr
    assert listed(run) == [stock]


def _refused(done: Result) -> BaseException:
    assert done.exception is not None
    return done.exception


def test_receipt_says_what_it_settles(run: Run) -> None:
    part, box_no = new_part(), new_box()
    stock = new_suggestion(part, SuggestionField.STOCK, {"quantity": 10, "slot": f"{box_no}-1"})
    assert f"suggestion {stock} names another quantity" in run(receive, part, 3, f"{box_no}-1").stderr
    assert f"settles suggestion {stock}" in run(receive, part, 10, f"{box_no}-1").stdout


def test_unidentified_parts_are_listed_and_retired(run: Run) -> None:
    empty, full = new_part(), new_part("NE555P")
    shown = json.loads(run(parts_commands, "list", "--filter", "unidentified", "--json").stdout)
    assert [each["id4"] for each in shown["parts"]] == [empty]
    assert run(parts_commands, "retire", "--unidentified").stdout == f"retired: {empty}\n"
    run(receive, full, 3, f"{new_box()}-1")
    assert "book it out" in run(parts_commands, "retire", full, code=1).stderr
    assert run(parts_commands, "retire", code=2).exit_code == 2
    assert empty in run(parts_commands, "list", "--retired").stdout
