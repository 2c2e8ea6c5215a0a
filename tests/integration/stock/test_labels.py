"""A label's quantity is booked once, by its suggestion or by hand."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from models import Suggestion
from models.session import session_scope
from schemas.suggestion import SuggestionField
from services.part import PartService
from services.suggestion import SuggestionService
from tests.support.rows import new_box, new_part, new_suggestion


@pytest.fixture
def box_no(client: FlaskClient) -> int:
    return new_box()


@pytest.fixture
def part(client: FlaskClient) -> str:
    return new_part("NE555P")


def propose(part: str, quantity: int | None, slot: str | None) -> int:
    return new_suggestion(part, SuggestionField.STOCK, {"quantity": quantity, "slot": slot, "lot": "7"})


def book(client: FlaskClient, part: str, verb: str, **order: Any) -> dict[str, Any]:
    answer = client.post(f"/parts/{part}/stock/{verb}", json={"command_id": str(uuid4()), **order})
    assert answer.status_code == 200, answer.text
    booked: dict[str, Any] = answer.get_json()
    return booked


def shown(client: FlaskClient, suggestion: int) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/suggestions/{suggestion}").get_json()
    return found


@pytest.mark.parametrize("quantity", [10, None])
def test_receipt_by_hand_settles_the_label(client: FlaskClient, part: str, box_no: int, quantity: int | None) -> None:
    suggestion = propose(part, quantity, f"{box_no}-1")
    booked = book(client, part, "receive", quantity=10, slot=f"{box_no}-2")
    assert (booked["settled"], booked["differing"]) == ([suggestion], [])
    settled = shown(client, suggestion)
    assert (settled["state"], settled["command_id"]) == ("accepted", booked["command_id"])
    assert settled["accepted_value"] == {**settled["accepted_value"], "quantity": 10, "slot": f"{box_no}-2", "lot": "7"}
    assert client.post(f"/suggestions/{suggestion}/accept").status_code == 200
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 10


def test_receipt_of_another_quantity_makes_accepting_ask(client: FlaskClient, part: str, box_no: int) -> None:
    suggestion = propose(part, 10, f"{box_no}-1")
    booked = book(client, part, "receive", quantity=7, slot=f"{box_no}-1")
    assert (booked["settled"], booked["differing"]) == ([], [suggestion])
    assert (shown(client, suggestion)["state"], shown(client, suggestion)["command_id"]) == (
        "proposed",
        booked["command_id"],
    )
    asks = client.post(f"/suggestions/{suggestion}/accept")
    assert (asks.status_code, asks.get_json()["details"]["field"]) == (409, "again")
    assert asks.get_json()["details"]["receipt"]["command_id"] == booked["command_id"]
    assert f"7 into {box_no}-1" in asks.get_json()["error"]
    assert client.post(f"/suggestions/{suggestion}/accept", json={"again": True}).status_code == 200
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 17


def test_label_waits_again_when_the_receipt_is_undone(client: FlaskClient, part: str, box_no: int) -> None:
    same, other = propose(part, 10, f"{box_no}-1"), None
    book(client, part, "receive", quantity=10, slot=f"{box_no}-1")
    book(client, part, "undo")
    assert (shown(client, same)["state"], shown(client, same)["command_id"]) == ("proposed", None)
    book(client, part, "receive", quantity=3, slot=f"{box_no}-1")
    book(client, part, "undo")
    assert shown(client, same)["command_id"] is other
    assert client.post(f"/suggestions/{same}/accept").status_code == 200


def test_undone_settlement_waits_and_asks(client: FlaskClient, part: str, box_no: int) -> None:
    suggestion = propose(part, 10, f"{box_no}-1")
    book(client, part, "receive", quantity=10, slot=f"{box_no}-1")
    assert client.post(f"/suggestions/{suggestion}/undo").get_json()["state"] == "proposed"
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 10
    assert client.post(f"/suggestions/{suggestion}/accept").status_code == 409


def test_repeated_receipt_answers_as_it_did(client: FlaskClient, part: str, box_no: int) -> None:
    propose(part, 10, f"{box_no}-1")
    order = {"command_id": str(uuid4()), "quantity": 10, "slot": f"{box_no}-1"}
    first, again = (client.post(f"/parts/{part}/stock/receive", json=order).get_json() for _ in range(2))
    assert first == again


def test_accepted_label_settles_no_other(client: FlaskClient, part: str, box_no: int) -> None:
    suggestion = propose(part, 10, f"{box_no}-1")
    accepted = client.post(f"/suggestions/{suggestion}/accept").get_json()
    assert accepted["decided_by"] == "person"
    with session_scope() as session:
        decision = session.get_one(Suggestion, suggestion).decision
        assert decision is not None
        assert decision["settled"] is False


@pytest.mark.parametrize("how", ["suggestion", "hand"])
def test_same_label_that_is_read_again_asks(client: FlaskClient, part: str, box_no: int, how: str) -> None:
    first = propose(part, 10, f"{box_no}-1")
    if how == "suggestion":
        client.post(f"/suggestions/{first}/accept")
    else:
        book(client, part, "receive", quantity=10, slot=f"{box_no}-1")
    again = propose(part, 10, f"{box_no}-1")
    assert shown(client, again)["command_id"] == shown(client, first)["command_id"]
    assert client.post(f"/suggestions/{again}/accept").status_code == 409
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 10


def test_same_label_is_booked_again_when_it_was_taken_back(client: FlaskClient, part: str, box_no: int) -> None:
    client.post(f"/suggestions/{propose(part, 10, f'{box_no}-1')}/accept")
    book(client, part, "undo")
    assert client.post(f"/suggestions/{propose(part, 10, f'{box_no}-1')}/accept").status_code == 200
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 10


def test_suggestion_that_asks_still_does_when_its_run_proposes_again(
    client: FlaskClient, part: str, box_no: int
) -> None:
    suggestion = propose(part, 10, f"{box_no}-1")
    book(client, part, "receive", quantity=7, slot=f"{box_no}-1")
    with session_scope() as session:
        run_id = session.get_one(Suggestion, suggestion).run_id
        assert run_id is not None
        SuggestionService.withdraw(session, run_id, {SuggestionField.STOCK})
        again = SuggestionService.propose(
            session,
            PartService.get(session, part),
            SuggestionField.STOCK,
            {"quantity": 10, "slot": f"{box_no}-2", "lot": "7"},
            run_id=run_id,
            confidence=0.5,
            evidence=[],
            accept_from=None,
        )
        assert again.id == suggestion
    assert client.post(f"/suggestions/{suggestion}/accept").status_code == 409


def test_other_parts_are_left_alone(client: FlaskClient, part: str, box_no: int) -> None:
    suggestion = propose(new_part(), 10, f"{box_no}-1")
    book(client, part, "receive", quantity=10, slot=f"{box_no}-2")
    assert shown(client, suggestion)["state"] == "proposed"
