"""Several suggestions are decided at once: all or nothing, or each for itself."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.suggestion import SuggestionField
from tests.support.rows import new_box, new_part, new_suggestion

NUMBER, TAGS, STOCK = SuggestionField.PART_NUMBER, SuggestionField.TAGS, SuggestionField.STOCK


def decide(client: FlaskClient, *decisions: dict[str, Any], key: str | None = None, **more: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/suggestions/decide", json={"decisions": decisions, **more}, headers=headers)


def yes(suggestion: int, **edits: Any) -> dict[str, Any]:
    return {"suggestion": suggestion, "decision": "accept", **edits}


def no(suggestion: int) -> dict[str, Any]:
    return {"suggestion": suggestion, "decision": "reject"}


def states(client: FlaskClient, *ids: int) -> list[str]:
    return [client.get(f"/suggestions/{each}").get_json()["state"] for each in ids]


def test_several_are_accepted_rejected_and_edited(client: FlaskClient) -> None:
    part, box_no = new_part(), new_box()
    stock = new_suggestion(part, STOCK, {"quantity": 10, "slot": f"{box_no}-1"})
    number = new_suggestion(part, NUMBER, {"manufacturer_code": "LM358"})
    tags = new_suggestion(new_part(), TAGS, ["smd"])
    answer = decide(client, yes(stock, quantity=9), yes(number), no(tags))
    assert answer.status_code == 200, answer.text
    decided = answer.get_json()["decisions"]
    assert [each["suggestion"] for each in decided] == [stock, number, tags]
    assert [each["decided"]["state"] for each in decided] == ["accepted", "accepted", "rejected"]
    runs = client.get("/pipelines/runs", query_string={"part": part}).get_json()["runs"]
    assert decided[1]["decided"]["started_run"] in {run["id"] for run in runs}
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 9


def test_one_refusal_refuses_all(client: FlaskClient) -> None:
    good, bad = new_suggestion(new_part(), TAGS, ["smd"]), new_suggestion(new_part(), STOCK, {"quantity": 3})
    answer = decide(client, yes(good), yes(bad))
    assert (answer.status_code, answer.get_json()["details"]) == (400, {"field": "slot", "suggestion": bad})
    assert states(client, good, bad) == ["proposed", "proposed"]


def test_each_is_decided_for_itself_on_request(client: FlaskClient) -> None:
    good, bad = new_suggestion(new_part(), TAGS, ["smd"]), new_suggestion(new_part(), STOCK, {"quantity": 3})
    answer = decide(client, yes(bad), yes(good), yes(999), all_or_nothing=False)
    refused = [each["refused"] and each["refused"]["code"] for each in answer.get_json()["decisions"]]
    assert refused == ["invalid_input", None, "not_found"]
    assert states(client, good, bad) == ["accepted", "proposed"]


def test_repeated_request_is_answered_and_nothing_happens_twice(client: FlaskClient) -> None:
    part, box_no = new_part(), new_box()
    stock = new_suggestion(part, STOCK, {"quantity": 10, "slot": f"{box_no}-1"})
    first, again = (decide(client, yes(stock), key="k") for _ in range(2))
    assert (again.get_json(), again.headers["Idempotency-Replayed"]) == (first.get_json(), "true")
    assert decide(client, no(stock), key="k").status_code == 422
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 10


@pytest.mark.parametrize("count", [0, 201])
def test_wrong_number_of_decisions_is_refused(client: FlaskClient, count: int) -> None:
    assert decide(client, *(no(each + 1) for each in range(count))).status_code == 400


def test_suggestion_that_is_named_twice_is_refused(client: FlaskClient) -> None:
    tags = new_suggestion(new_part(), TAGS, ["smd"])
    assert decide(client, yes(tags), no(tags)).status_code == 400
