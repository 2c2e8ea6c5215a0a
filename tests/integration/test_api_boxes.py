from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.integration.rows import new_box, new_part, put_stock


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


def test_types_are_listed_by_name(client: FlaskClient) -> None:
    for name in ("resistor", " Relay "):
        assert client.post("/types", json={"name": name}).status_code == 201
    assert [each["name"] for each in client.get("/types").get_json()["types"]] == ["Relay", "resistor"]


def test_type_of_the_same_name_is_a_conflict(client: FlaskClient) -> None:
    client.post("/types", json={"name": "Relay"})
    answer = client.post("/types", json={"name": "RELAY"})
    assert (answer.status_code, answer.get_json()["details"]) == (409, {"name": "RELAY"})


@pytest.mark.parametrize("body", [{}, {"name": " "}, {"name": "x" * 101}, {"name": 7}, {"name": "a\0b"}])
def test_wrong_type_is_refused(client: FlaskClient, body: dict[str, object]) -> None:
    assert client.post("/types", json=body).status_code == 400
