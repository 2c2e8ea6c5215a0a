"""Two bags on one photo: two parts, each with its own run and its own quantity."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.integration.intake.test_same_part import PHOTOS, pictured, run_of
from tests.support.rows import new_box


@pytest.fixture
def run(client: FlaskClient) -> dict[str, Any]:
    """Take in a photo of two bags."""
    new_box(capacity=6)
    return pictured(client, (PHOTOS / "two_bags.jpg").read_bytes())


def numbers(run: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in run["suggestions"] if each["field"] == "part_number"]


def again(client: FlaskClient, run: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = client.get(f"/pipelines/runs/{run['id']}").get_json()
    return shown


def split(client: FlaskClient, run: dict[str, Any], *parts: dict[str, Any], key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/pipelines/runs/{run['id']}/split", json={"parts": parts}, headers=headers)


def proposed_stock(client: FlaskClient, part: str) -> list[int | None]:
    shown = client.get(f"/parts/{part}").get_json()["suggestions"]
    return [each["value"]["quantity"] for each in shown if each["field"] == "stock"]


def test_each_number_is_offered_with_its_region_and_quantity(run: dict[str, Any]) -> None:
    offered = numbers(run)

    assert [gap["reason"] for gap in run["gaps"]] == ["several_parts"]
    assert len({each["value"]["manufacturer_code"] for each in offered}) == 2
    regions = [each["evidence"][0]["region"] for each in offered]
    assert all(regions)
    assert regions[0] != regions[1]
    assert all(each["value"]["quantity"] for each in offered)


def test_accepting_one_leaves_the_others_open_and_gives_them_parts_of_their_own(
    client: FlaskClient, run: dict[str, Any]
) -> None:
    first, second = numbers(run)
    client.post(f"/suggestions/{first['id']}/accept", json={})
    assert [each["state"] for each in numbers(again(client, run))] == ["accepted", "proposed"]

    other = client.post(f"/suggestions/{second['id']}/accept", json={}).get_json()
    assert (other["state"], other["part"] == run["part"]) == ("accepted", False)
    parts = [client.get(f"/parts/{part}").get_json() for part in (run["part"], other["part"])]
    assert [part["manufacturer_code"] for part in parts] == [
        each["value"]["manufacturer_code"] for each in (first, second)
    ]
    assert parts[0]["documents"][0]["sha256"] == parts[1]["documents"][0]["sha256"]


def test_split_makes_a_part_and_a_run_of_each_in_one_call(client: FlaskClient, run: dict[str, Any]) -> None:
    first, second = numbers(run)
    answer = split(client, run, {"suggestion": first["id"], "quantity": 7}, {"suggestion": second["id"]}, key="k")
    started = answer.get_json()["runs"]
    assert (answer.status_code, len({each["part"] for each in started}), started[0]["part"]) == (202, 2, run["part"])

    for each in started:
        run_of(client, each["id"])
    quantities = [proposed_stock(client, each["part"]) for each in started]
    assert quantities == [[7], [second["value"]["quantity"]]]
    repeated = split(client, run, {"suggestion": first["id"], "quantity": 7}, {"suggestion": second["id"]}, key="k")
    assert repeated.get_json() == answer.get_json()


def test_split_of_something_else_is_refused_and_changes_nothing(client: FlaskClient, run: dict[str, Any]) -> None:
    first, _ = numbers(run)
    answer = split(client, run, {"suggestion": first["id"]}, {"suggestion": 999_999})

    assert (answer.status_code, answer.get_json()["details"]["suggestion"]) == (422, 999_999)
    assert [each["state"] for each in numbers(again(client, run))] == ["proposed", "proposed"]
    assert split(client, {"id": str(uuid4())}, {"suggestion": first["id"]}).status_code == 404
