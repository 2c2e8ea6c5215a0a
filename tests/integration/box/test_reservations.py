"""A suggested slot is kept for its part, for a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from models import SlotReservation, Suggestion
from models.session import session_scope
from schemas.suggestion import SuggestionField
from services.box import SlotService
from services.part import PartService
from tasks.retention import forget
from tests.support.rows import new_box, new_part, new_suggestion, put_stock

DAY = timedelta(days=1)


@pytest.fixture
def box_no(client: FlaskClient) -> int:
    return new_box(2)


def reserve(part: str, slot: str, until: datetime | None) -> int:
    suggestion = new_suggestion(part, SuggestionField.STOCK, {"quantity": 5, "slot": slot})
    with session_scope() as session:
        session.get_one(Suggestion, suggestion).reserved_until = until
        session.execute(update(SlotReservation).where(SlotReservation.suggestion_id == suggestion).values(until=until))
    return suggestion


def suggested(part: str) -> str:
    with session_scope() as session:
        choice = SlotService.suggest(session, PartService.get(session, part))
        return str(choice and choice.slot)


@pytest.mark.parametrize(("left", "slot"), [(DAY, 2), (-DAY, 1), (None, 2)])
def test_slot_is_kept_until_its_time_is_over(
    client: FlaskClient, box_no: int, left: timedelta | None, slot: int
) -> None:
    reserve(new_part(), f"{box_no}-1", datetime.now(UTC) + left if left else None)
    assert suggested(new_part()) == f"{box_no}-{slot}"


def test_box_shows_what_its_slots_are_kept_for(client: FlaskClient, box_no: int) -> None:
    part, late = new_part("NE555P"), new_part()
    suggestion = reserve(part, f"{box_no}-2", datetime.now(UTC) + DAY)
    reserve(late, f"{box_no}-1", datetime.now(UTC) - DAY)
    first, second = client.get(f"/boxes/{box_no}").get_json()["locations"]
    assert (first["reserved"], second["parts"]) == ([], [])
    (kept,) = second["reserved"]
    assert (kept["id4"], kept["manufacturer_code"], kept["suggestion"], kept["quantity"]) == (
        part,
        "NE555P",
        suggestion,
        5,
    )
    assert kept["until"] is not None
    client.post(f"/suggestions/{suggestion}/reject")
    assert client.get(f"/boxes/{box_no}").get_json()["locations"][1]["reserved"] == []


def test_reservation_whose_time_is_over_does_not_keep_the_box(client: FlaskClient, box_no: int) -> None:
    reserve(new_part(), f"{box_no}-2", datetime.now(UTC) - DAY)
    assert client.delete(f"/boxes/{box_no}").status_code == 204


def test_late_suggestion_is_still_accepted_while_the_slot_is_free(client: FlaskClient, box_no: int) -> None:
    part = new_part()
    suggestion = reserve(part, f"{box_no}-1", datetime.now(UTC) - DAY)
    assert client.post(f"/suggestions/{suggestion}/accept").status_code == 200
    assert client.get(f"/parts/{part}").get_json()["placements"][0]["slot"] == f"{box_no}-1"


@pytest.mark.parametrize("how", ["stock", "reservation"])
def test_late_suggestion_asks_when_another_part_has_the_slot(client: FlaskClient, box_no: int, how: str) -> None:
    part, other = new_part(), new_part()
    suggestion = reserve(part, f"{box_no}-1", datetime.now(UTC) - DAY)
    if how == "stock":
        put_stock(other, box_no, 1, 1, uuid4())
    else:
        reserve(other, f"{box_no}-1", datetime.now(UTC) + DAY)
    asks = client.post(f"/suggestions/{suggestion}/accept")
    assert (asks.status_code, asks.get_json()["code"]) == (409, "conflict")
    details = asks.get_json()["details"]
    assert (details["part"], details["free"]) == (other, f"{box_no}-2")
    assert client.post(f"/suggestions/{suggestion}/accept", json={"slot": details["free"]}).status_code == 200
    assert client.get(f"/parts/{part}").get_json()["placements"][0]["slot"] == f"{box_no}-2"


def test_full_boxes_leave_only_sharing(client: FlaskClient) -> None:
    box_no, other, part = new_box(1), new_part(), new_part()
    suggestion = reserve(part, f"{box_no}-1", datetime.now(UTC) - DAY)
    put_stock(other, box_no, 1, 1, uuid4())
    asks = client.post(f"/suggestions/{suggestion}/accept")
    assert (asks.status_code, asks.get_json()["details"]["free"]) == (409, None)
    assert client.post(f"/suggestions/{suggestion}/accept", json={"share": True}).status_code == 200


def suggest(client: FlaskClient, part: str, **asked: object) -> dict[str, Any]:
    answer = client.post("/locations/suggest", json={"part": part, **asked})
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def slots(found: dict[str, Any]) -> list[str]:
    return [each["slot"] for each in found["locations"]]


def test_slot_that_is_asked_for_is_kept_and_shown_in_its_box(client: FlaskClient, box_no: int) -> None:
    part = new_part("NE555P")
    (found,) = suggest(client, part)["locations"]
    assert (found["slot"], found["reserved_until"] is not None) == (f"{box_no}-1", True)
    (kept,) = client.get(f"/boxes/{box_no}").get_json()["locations"][0]["reserved"]
    assert (kept["id4"], kept["suggestion"], kept["until"]) == (part, None, found["reserved_until"])
    assert slots(suggest(client, new_part())) == [f"{box_no}-2"]
    assert slots(suggest(client, part)) == [f"{box_no}-1"]


def test_reservation_ends_when_the_part_comes(client: FlaskClient, box_no: int) -> None:
    part = new_part()
    suggest(client, part)
    received = client.post(f"/parts/{part}/stock/receive", json={"command_id": str(uuid4()), "quantity": 5})
    assert [each["slot"] for each in received.get_json()["changes"]] == [f"{box_no}-1"]
    first = client.get(f"/boxes/{box_no}").get_json()["locations"][0]
    assert ([each["id4"] for each in first["parts"]], first["reserved"]) == ([part], [])


def test_several_slots_are_beside_the_one_where_the_part_lies(client: FlaskClient) -> None:
    new_box(3)
    box_no, part = new_box(5), new_part(type_="Relay")
    put_stock(part, box_no, 3, 1, uuid4())
    found = suggest(client, part, count=3)
    assert slots(found) == [f"{box_no}-3", f"{box_no}-4", f"{box_no}-2"]
    assert [each["reserved_until"] is None for each in found["locations"]] == [True, False, False]


def test_nothing_is_kept_when_nothing_is_to_be_kept(client: FlaskClient, box_no: int) -> None:
    suggest(client, new_part(), minutes=0)
    assert slots(suggest(client, new_part())) == [f"{box_no}-1"]


def test_full_boxes_are_explained_with_the_box_that_would_help(client: FlaskClient) -> None:
    part = new_part(type_="Relay")
    assert suggest(client, part)["full"] == "no slot is free: there are no boxes; add a box"
    box_no, other = new_box(1), new_part(type_="Relay")
    assert suggest(client, other)["full"] is None
    assert "all 1 slots of 1 boxes" in suggest(client, part)["full"]
    put_stock(other, box_no, 1, 1, uuid4())
    found = suggest(client, part, count=2)
    assert (slots(found), f"raise the capacity of box {box_no}, where its kin lie" in found["full"]) == ([], True)
    refused = client.post(f"/parts/{part}/stock/receive", json={"command_id": str(uuid4()), "quantity": 5})
    assert (refused.status_code, refused.get_json()["error"]) == (409, found["full"])


def test_undone_rejection_keeps_the_slot_again(client: FlaskClient, box_no: int) -> None:
    suggestion = reserve(new_part(), f"{box_no}-1", datetime.now(UTC) + DAY)
    client.post(f"/suggestions/{suggestion}/reject")
    client.post(f"/suggestions/{suggestion}/undo")
    assert suggested(new_part()) == f"{box_no}-2"


def test_undone_rejection_does_not_take_the_slot_of_another_part(client: FlaskClient, box_no: int) -> None:
    suggestion, other = reserve(new_part(), f"{box_no}-1", datetime.now(UTC) + DAY), new_part()
    client.post(f"/suggestions/{suggestion}/reject")
    assert slots(suggest(client, other)) == [f"{box_no}-1"]
    client.post(f"/suggestions/{suggestion}/undo")
    assert slots(suggest(client, other)) == [f"{box_no}-1"]


def test_merged_part_leaves_its_slot_to_the_other(client: FlaskClient, box_no: int) -> None:
    part, into = new_part(), new_part()
    suggest(client, part)
    client.post(f"/parts/{part}/merge", json={"into": into, "command_id": str(uuid4())})
    assert slots(suggest(client, into)) == [f"{box_no}-1"]


def test_slot_of_another_part_names_a_free_one(client: FlaskClient, box_no: int) -> None:
    part, other = new_part(), new_part()
    put_stock(other, box_no, 1, 1, uuid4())
    order = {"command_id": str(uuid4()), "quantity": 5, "slot": f"{box_no}-1"}
    refused = client.post(f"/parts/{part}/stock/receive", json=order).get_json()
    assert (refused["details"]["free"], f"such as {box_no}-2" in refused["error"]) == (f"{box_no}-2", True)


def test_slots_whose_time_is_over_are_cleared_away(client: FlaskClient, box_no: int) -> None:
    reserve(new_part(), f"{box_no}-1", datetime.now(UTC) - DAY)
    forget()
    with session_scope() as session:
        assert session.scalars(select(SlotReservation)).all() == []


def test_eight_clients_never_get_the_same_slot(client: FlaskClient, app: Flask) -> None:
    # All kin lie in one box, so that all rush there, and its slots are too few.
    home, parts = new_box(40), [new_part(type_="Relay") for _ in range(65)]
    new_box(30)
    put_stock(parts.pop(), home, 20, 1, uuid4())

    def ask(part: str) -> list[str]:
        return slots(suggest(app.test_client(), part))

    with ThreadPoolExecutor(8) as clients:
        found = [slot for each in clients.map(ask, parts) for slot in each]
    assert (len(found), len(set(found))) == (64, 64)
    assert sum(slot.startswith(f"{home}-") for slot in found) == 39
