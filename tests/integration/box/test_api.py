from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from models.session import get_engine, session_scope
from schemas.suggestion import SuggestionField
from services.document import DocumentService
from services.part import PartService
from tests.support.rows import JPEG, new_box, new_part, new_suggestion, post_photos, put_stock
from tests.support.statements import statements


def test_new_box_is_shown_with_its_locations(client: FlaskClient) -> None:
    client.post("/types", json={"name": "Relay"})
    made = client.post("/boxes", json={"capacity": 2, "description": "blue", "types": ["relay", "Relay"]})
    assert (made.status_code, made.get_json()["types"]) == (201, ["Relay"])
    box = client.get(made.headers["Location"]).get_json()
    assert [location["slot"] for location in box["locations"]] == [f"{box['box_no']}-1", f"{box['box_no']}-2"]
    assert (box["used"], box["capacity"]) == (0, 2)


def test_box_shows_what_lies_in_it(client: FlaskClient) -> None:
    box_no, first, second = new_box(), *sorted(new_part("NE555P") for _ in range(2))
    put_stock(first, box_no, 2, 5, uuid4())
    put_stock(second, box_no, 2, 6, uuid4())
    box = client.get(f"/boxes/{box_no}").get_json()
    lying = [[(part["id4"], part["quantity"]) for part in location["parts"]] for location in box["locations"]]
    assert lying == [[], [(first, 5), (second, 6)], []]
    assert box["used"] == 1


def test_box_shows_the_pictures_of_its_parts(client: FlaskClient) -> None:
    box_no, part = new_box(), new_part()
    put_stock(part, box_no, 1, 5, uuid4())
    post_photos(client, (JPEG, "a.jpg"), data={"part": part})
    with session_scope() as session:
        (picture,) = DocumentService.list(session, part)
        PartService.get(session, part).image_id = picture.id
    (shown,) = client.get(f"/boxes/{box_no}").get_json()["locations"][0]["parts"]
    assert shown["thumbnail"] == f"/documents/{picture.id}/thumbnail?size=128"


def test_boxes_are_listed_by_number(client: FlaskClient) -> None:
    made = [new_box() for _ in range(3)]
    put_stock(new_part(), made[1], 1, 1, uuid4())
    boxes = client.get("/boxes").get_json()["boxes"]
    assert [(box["box_no"], box["used"]) for box in boxes] == list(zip(made, (0, 1, 0), strict=True))


@pytest.mark.parametrize("box_no", ["1", "2147483647", "2147483648", "9" * 30, "-1", "x"])
def test_unknown_box_is_not_found(client: FlaskClient, box_no: str) -> None:
    assert client.get(f"/boxes/{box_no}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"capacity": 0}, 400),
        ({"capacity": 1001}, 400),
        ({"capacity": 3, "box_no": 7}, 400),
        ({"capacity": 3, "types": [""]}, 400),
        ({"capacity": 3, "description": "a\0b"}, 400),
        ({"capacity": 3, "types": ["Flux capacitor"]}, 404),
    ],
)
def test_wrong_box_is_refused(client: FlaskClient, body: dict[str, object], status: int) -> None:
    assert client.post("/boxes", json=body).status_code == status
    assert client.get("/boxes").get_json()["boxes"] == []


def test_full_box_takes_few_queries(client: FlaskClient) -> None:
    box_no = new_box(500)
    for loc_no in range(1, 4):
        put_stock(new_part(), box_no, loc_no, 1, uuid4())
    with statements(get_engine()) as sent:
        locations = client.get(f"/boxes/{box_no}").get_json()["locations"]
    assert [location["loc_no"] for location in locations] == list(range(1, 501))
    assert len(sent) <= 4


def test_box_is_renamed_and_keeps_its_size(client: FlaskClient) -> None:
    answer = client.patch(f"/boxes/{new_box(3)}", json={"description": "red"})
    assert answer.status_code == 200
    assert (answer.get_json()["description"], answer.get_json()["capacity"]) == ("red", 3)


@pytest.mark.parametrize("capacity", [1, 2, 3, 7])
def test_box_has_as_many_locations_as_it_is_given(client: FlaskClient, capacity: int) -> None:
    box_no = new_box(3)
    put_stock(new_part(), box_no, 1, 5, uuid4())
    assert client.patch(f"/boxes/{box_no}", json={"capacity": capacity}).get_json()["free"] == capacity - 1
    locations = client.get(f"/boxes/{box_no}").get_json()["locations"]
    assert [location["loc_no"] for location in locations] == list(range(1, capacity + 1))


def test_box_does_not_shrink_over_what_lies_in_it(client: FlaskClient) -> None:
    box_no, part = new_box(3), new_part()
    put_stock(part, box_no, 3, 5, uuid4())
    answer = client.patch(f"/boxes/{box_no}", json={"capacity": 2, "description": "red"})
    assert (answer.status_code, answer.get_json()["details"]["lying"]) == (
        409,
        [{"slot": f"{box_no}-3", "part": part, "quantity": 5}],
    )
    assert f"{part} lies in {box_no}-3 (5)" in answer.get_json()["error"]
    box = client.get(f"/boxes/{box_no}").get_json()
    assert (box["capacity"], box["description"]) == (3, "a box")


def test_slot_that_is_kept_keeps_the_box(client: FlaskClient) -> None:
    box_no, part = new_box(3), new_part()
    suggestion = new_suggestion(part, SuggestionField.STOCK, {"quantity": 10, "slot": f"{box_no}-2"})
    refused = [client.patch(f"/boxes/{box_no}", json={"capacity": 1}), client.delete(f"/boxes/{box_no}")]
    kept = {"slot": f"{box_no}-2", "part": part, "suggestion": suggestion}
    assert [(each.status_code, each.get_json()["details"]["kept"]) for each in refused] == [(409, [kept])] * 2
    client.post(f"/suggestions/{suggestion}/reject")
    assert client.delete(f"/boxes/{box_no}").status_code == 204


def test_many_slots_in_use_are_told_in_a_few_words(client: FlaskClient) -> None:
    box_no, part = new_box(30), new_part()
    for loc_no in range(1, 31):
        put_stock(part, box_no, loc_no, 1, uuid4())
    answer = client.delete(f"/boxes/{box_no}").get_json()
    assert "and 20 more" in answer["error"]
    assert len(answer["details"]["lying"]) == 30


def test_deleted_box_is_gone_and_its_number_stays_unused(client: FlaskClient) -> None:
    client.post("/types", json={"name": "Relay"})
    made = client.post("/boxes", json={"capacity": 2, "types": ["Relay"]}).get_json()
    answer = client.delete(made["links"]["self"])
    assert (answer.status_code, answer.data) == (204, b"")
    assert client.get(made["links"]["self"]).status_code == 404
    assert new_box() == made["box_no"] + 1


def test_box_with_stock_is_not_deleted(client: FlaskClient) -> None:
    box_no = new_box()
    put_stock(new_part(), box_no, 1, 1, uuid4())
    assert client.delete(f"/boxes/{box_no}").status_code == 409
    assert client.get(f"/boxes/{box_no}").get_json()["used"] == 1


def test_types_of_a_box_are_set_anew(client: FlaskClient) -> None:
    for name in ("Relay", "Switch"):
        client.post("/types", json={"name": name})
    made = client.post("/boxes", json={"capacity": 2, "types": ["Relay"]}).get_json()["links"]["self"]
    assert client.put(f"{made}/types", json={"types": ["switch"]}).get_json()["types"] == ["Switch"]
    assert client.put(f"{made}/types", json={"types": ["Nothing"]}).status_code == 404
    assert client.get(made).get_json()["types"] == ["Switch"]
    assert client.put(f"{made}/types", json={"types": []}).get_json()["types"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/boxes/9", {"capacity": 3}),
        ("PATCH", f"/boxes/{2**31}", {"capacity": 3}),
        ("PUT", "/boxes/9/types", {"types": []}),
        ("DELETE", "/boxes/9", None),
        ("DELETE", f"/boxes/{10**18 - 1}", None),
    ],
)
def test_box_that_is_not_there_cannot_change(
    client: FlaskClient, method: str, path: str, body: dict[str, object] | None
) -> None:
    assert client.open(path, method=method, json=body).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {}),
        ("PATCH", "", {"capacity": 0}),
        ("PATCH", "", {"capacity": 1001}),
        ("PATCH", "", {"box_no": 8}),
        ("PATCH", "", {"description": "x" * 501}),
        ("PUT", "/types", {}),
        ("PUT", "/types", {"types": [""]}),
        ("PUT", "/types", {"types": "Relay"}),
    ],
)
def test_wrong_change_of_a_box_is_refused(client: FlaskClient, method: str, path: str, body: dict[str, object]) -> None:
    assert client.open(f"/boxes/{new_box()}{path}", method=method, json=body).status_code == 400


@pytest.mark.parametrize("body", [{}, {"name": " "}, {"name": "x" * 101}, {"name": 7}, {"name": "a\0b"}])
def test_wrong_type_is_refused(client: FlaskClient, body: dict[str, object]) -> None:
    assert client.post("/types", json=body).status_code == 400
