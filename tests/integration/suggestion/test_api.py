import pytest
from flask.testing import FlaskClient

from schemas.suggestion import SuggestionField
from tests.support.rows import new_box, new_part, new_suggestion

TAGS, STOCK = SuggestionField.TAGS, SuggestionField.STOCK


def test_open_suggestions_of_a_part_are_listed(client: FlaskClient) -> None:
    part = new_part()
    wanted = new_suggestion(part, TAGS, ["smd"])
    new_suggestion(new_part(), TAGS, ["smd"])
    (shown,) = client.get("/suggestions", query_string={"part": part}).get_json()["suggestions"]
    assert (shown["id"], shown["value"], shown["state"]) == (wanted, ["smd"], "proposed")
    assert shown["evidence"][0]["quote"] == "as printed"


def test_accepted_value_is_on_the_part(client: FlaskClient) -> None:
    part = new_part()
    suggestion = new_suggestion(part, TAGS, ["smd"])
    answer = client.post(f"/suggestions/{suggestion}/accept")
    assert (answer.status_code, answer.get_json()["state"]) == (200, "accepted")
    assert client.get(f"/parts/{part}").get_json()["tags"] == ["smd"]
    assert client.get("/suggestions").get_json()["suggestions"] == []


def test_accepted_number_starts_one_run_that_goes_on_from_it(client: FlaskClient) -> None:
    part = new_part()
    suggestion = new_suggestion(part, SuggestionField.PART_NUMBER, {"manufacturer_code": "LM358"})
    for _ in range(2):
        assert client.post(f"/suggestions/{suggestion}/accept").status_code == 200
    runs = client.get("/pipelines/runs", query_string={"part": part}).get_json()["runs"]
    started = [client.get(run["links"]["self"]).get_json()["input"] for run in runs]
    assert [given["manufacturer_code"] for given in started].count("LM358") == 1


def test_accepting_stock_books_what_the_person_says(client: FlaskClient) -> None:
    part, box_no = new_part(), new_box()
    suggestion = new_suggestion(part, STOCK, {"quantity": 10, "slot": None})
    body = {"quantity": 12, "slot": f"{box_no}-1"}
    for _ in range(2):
        assert client.post(f"/suggestions/{suggestion}/accept", json=body).status_code == 200
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 12


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "slot"),
        ({"slot": "7"}, "slot"),
        ({"slot": "0-1"}, "slot"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": 10**12}, "quantity"),
        ({"amount": 3}, "amount"),
    ],
)
def test_stock_without_a_slot_is_refused(client: FlaskClient, body: dict[str, object], field: str) -> None:
    suggestion = new_suggestion(new_part(), STOCK, {"quantity": 10, "slot": None})
    answer = client.post(f"/suggestions/{suggestion}/accept", json=body)
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, field)


def test_broken_body_books_nothing(client: FlaskClient) -> None:
    part, box_no = new_part(), new_box()
    suggestion = new_suggestion(part, STOCK, {"quantity": 10, "slot": f"{box_no}-1"})
    answer = client.post(f"/suggestions/{suggestion}/accept", data=b'{"quantity": 5', content_type="application/json")
    assert answer.status_code == 400
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 0


def test_slot_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    suggestion = new_suggestion(new_part(), STOCK, {"quantity": 10, "slot": "999-1"})
    assert client.post(f"/suggestions/{suggestion}/accept").status_code == 404


def test_rejecting_twice_is_rejecting_once(client: FlaskClient) -> None:
    suggestion = new_suggestion(new_part(), TAGS, ["smd"])
    answers = [client.post(f"/suggestions/{suggestion}/reject") for _ in range(2)]
    assert [(answer.status_code, answer.get_json()["state"]) for answer in answers] == [(200, "rejected")] * 2


@pytest.mark.parametrize(("first", "then"), [("accept", "reject"), ("reject", "accept")])
def test_a_decision_stands(client: FlaskClient, first: str, then: str) -> None:
    suggestion = new_suggestion(new_part(), TAGS, ["smd"])
    client.post(f"/suggestions/{suggestion}/{first}")
    assert client.post(f"/suggestions/{suggestion}/{then}").status_code == 409


@pytest.mark.parametrize("path", ["/suggestions/1/accept", "/suggestions/1/reject"])
def test_unknown_suggestion_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.post(path).status_code == 404
