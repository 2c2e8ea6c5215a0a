"""Sellers of a part: several with their order codes, each known by all its names."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.support.rows import new_part


@pytest.fixture
def part(client: FlaskClient) -> str:
    return new_part("LM358")


def add(client: FlaskClient, part: str, seller: str, **more: Any) -> dict[str, Any]:
    answer = client.post(f"/parts/{part}/sellers", json={"seller": seller, **more})
    assert answer.status_code == 200, answer.get_json()
    added: dict[str, Any] = answer.get_json()
    return added


def sellers(client: FlaskClient, part: str) -> list[tuple[str, str | None, str | None]]:
    shown = client.get(f"/parts/{part}").get_json()["sellers"]
    return [(each["seller"], each["order_code"], each["link"]) for each in shown]


def test_part_has_several_sellers_with_codes_and_links(client: FlaskClient, part: str) -> None:
    add(client, part, "DigiKey", order_code="296-1395-5-ND", link="https://digikey.com/1")
    add(client, part, "LCSC", order_code="C7950")
    add(client, part, "DigiKey", order_code="296-1395-1-ND")

    assert sellers(client, part) == [
        ("DigiKey", "296-1395-5-ND", "https://digikey.com/1"),
        ("LCSC", "C7950", None),
        ("DigiKey", "296-1395-1-ND", None),
    ]


def test_same_offer_is_kept_once_however_the_name_is_written(client: FlaskClient, part: str) -> None:
    first = add(client, part, "DigiKey", order_code="X-ND")
    again = add(client, part, "Digi-Key Electronics", order_code="X-ND", link="https://digikey.com/2")

    assert (again["id"], sellers(client, part)) == (first["id"], [("DigiKey", "X-ND", "https://digikey.com/2")])


def test_seller_is_deleted_once(client: FlaskClient, part: str) -> None:
    seller = add(client, part, "LCSC")["id"]
    path = f"/parts/{part}/sellers/{seller}"

    assert [client.delete(path).status_code for _ in range(2)] == [204, 404]


@pytest.mark.parametrize(("asked", "is_found"), [("digikey", True), ("Digi-Key", True), ("Mouser", False)])
def test_parts_are_filtered_by_any_name_of_a_seller(client: FlaskClient, part: str, asked: str, is_found: bool) -> None:
    add(client, part, "DigiKey")
    first = client.post("/parts", json={"manufacturer_code": "NE555", "seller": "digikey"}).get_json()["id4"]
    found = [each["id4"] for each in client.get("/parts", query_string={"seller": asked}).get_json()["parts"]]

    assert sorted(found) == (sorted([part, first]) if is_found else [])


def test_merged_part_hands_over_its_sellers(client: FlaskClient, part: str) -> None:
    source = new_part("LM-358")
    for each in (part, source):
        add(client, each, "LCSC", order_code="C7950")
    add(client, source, "TME", order_code="LM358N")
    client.post(f"/parts/{source}/merge", json={"into": part, "command_id": str(uuid4())})

    assert sellers(client, part) == [("LCSC", "C7950", None), ("TME", "LM358N", None)]


@pytest.mark.parametrize(
    "body",
    [{}, {"seller": ""}, {"seller": "LCSC", "order_code": ""}, {"seller": "LCSC", "link": "javascript:1"}],
    ids=str,
)
def test_wrong_seller_is_refused(client: FlaskClient, part: str, body: dict[str, str]) -> None:
    assert client.post(f"/parts/{part}/sellers", json=body).status_code == 400
