"""A person may edit every value while accepting it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.suggestion import SuggestionField
from tests.support.rows import new_box, new_part, new_suggestion

NUMBER, TAGS, TYPE, STOCK = (
    SuggestionField.PART_NUMBER,
    SuggestionField.TAGS,
    SuggestionField.TYPE,
    SuggestionField.STOCK,
)
LM358 = {"manufacturer_code": "LM358", "manufacturer": "TI", "description": "op-amp"}


def accept(client: FlaskClient, suggestion: int, **edits: Any) -> dict[str, Any]:
    answer = client.post(f"/suggestions/{suggestion}/accept", json=edits)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.get_json()
    return shown


def test_another_number_drops_what_was_said_of_the_proposed_one(client: FlaskClient) -> None:
    part = new_part()
    shown = accept(client, new_suggestion(part, NUMBER, LM358), manufacturer_code="LM358B")
    accepted = {"manufacturer_code": "LM358B", "manufacturer": "TI", "description": None}
    assert (shown["value"], {name: shown["accepted_value"][name] for name in accepted}) == (LM358, accepted)
    found = client.get(f"/parts/{part}").get_json()
    assert {name: found[name] for name in accepted} == accepted
    run = client.get(shown["links"]["started_run"]).get_json()
    assert (run["id"], run["input"]["manufacturer_code"]) == (shown["started_run"], "LM358B")


def test_another_spelling_keeps_the_description(client: FlaskClient) -> None:
    part = new_part()
    accept(client, new_suggestion(part, NUMBER, LM358), manufacturer_code="LM-358", manufacturer=None)
    found = client.get(f"/parts/{part}").get_json()
    assert (found["manufacturer_code"], found["manufacturer"], found["description"]) == ("LM-358", None, "op-amp")


def test_given_maker_outranks_the_one_that_a_person_set_before(client: FlaskClient) -> None:
    part = new_part()
    client.patch(f"/parts/{part}", json={"manufacturer": "mine"})
    accept(client, new_suggestion(part, NUMBER, LM358), manufacturer="Texas Instruments")
    assert client.get(f"/parts/{part}").get_json()["manufacturer"] == "Texas Instruments"


def test_other_tags_are_set_instead(client: FlaskClient) -> None:
    part = new_part()
    shown = accept(client, new_suggestion(part, TAGS, ["smd", "relay"]), tags=["Through Hole"])
    assert shown["accepted_value"] == ["through-hole"]
    assert client.get(f"/parts/{part}").get_json()["tags"] == ["through-hole"]


def test_another_type_is_set_instead(client: FlaskClient) -> None:
    client.post("/types", json={"name": "Relay"})
    client.post("/types", json={"name": "Diode"})
    part = new_part()
    assert accept(client, new_suggestion(part, TYPE, "Relay"), type="diode")["accepted_value"] == "Diode"
    assert client.get(f"/parts/{part}").get_json()["type"] == "Diode"


def test_type_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    suggestion = new_suggestion(new_part(), TYPE, "Relay")
    assert client.post(f"/suggestions/{suggestion}/accept", json={"type": "Flux"}).status_code == 404


def test_other_quantity_and_slot_are_booked(client: FlaskClient) -> None:
    part, box_no = new_part(), new_box()
    suggestion = new_suggestion(part, STOCK, {"quantity": 10, "slot": f"{box_no}-1", "lot": "7"})
    shown = accept(client, suggestion, quantity=12, slot=f"{box_no}-2")
    assert shown["value"]["quantity"] == 10
    assert (shown["accepted_value"]["quantity"], shown["accepted_value"]["lot"]) == (12, "7")
    (change,) = client.get(f"/parts/{part}/history").get_json()["history"]
    assert (change["command_id"], change["slot"], change["delta_qty"]) == (shown["command_id"], f"{box_no}-2", 12)


@pytest.mark.parametrize(
    ("field", "value", "edits", "strange"),
    [
        (TAGS, ["smd"], {"quantity": 3}, "quantity"),
        (TYPE, "Relay", {"tags": ["smd"]}, "tags"),
        (NUMBER, {"manufacturer_code": "LM358"}, {"type": "Relay"}, "type"),
        (STOCK, {"quantity": 3, "slot": "1-1"}, {"manufacturer_code": "LM358"}, "manufacturer_code"),
        (NUMBER, {"manufacturer_code": "LM358"}, {"manufacturer_code": "--"}, "manufacturer_code"),
    ],
)
def test_edit_that_does_not_belong_is_refused(
    client: FlaskClient, field: SuggestionField, value: object, edits: dict[str, object], strange: str
) -> None:
    suggestion = new_suggestion(new_part(), field, value)
    answer = client.post(f"/suggestions/{suggestion}/accept", json=edits)
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, strange)
    assert client.get(f"/suggestions/{suggestion}").get_json()["state"] == "proposed"
