"""The inbox holds every suggestion, page by page."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from models import Suggestion
from models.session import session_scope
from schemas.cursor import Cursor
from schemas.suggestion import SuggestionField
from services.document import DocumentService
from services.part import PartService
from tests.support.rows import JPEG, new_part, new_suggestion, post_photos

NUMBER, TAGS, TYPE = SuggestionField.PART_NUMBER, SuggestionField.TAGS, SuggestionField.TYPE


def listed(client: FlaskClient, **query: Any) -> list[int]:
    answer = client.get("/suggestions", query_string=query)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.get_json()["suggestions"]]


def test_every_open_suggestion_is_on_one_page(client: FlaskClient) -> None:
    made = [new_suggestion(new_part(), TAGS, ["smd"]) for _ in range(7)]
    shown: list[int] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = client.get("/suggestions", query_string=query).get_json()
        assert page["total"] == 7
        shown += [each["id"] for each in page["suggestions"]]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert shown == made


def test_item_says_what_part_it_is_about(client: FlaskClient) -> None:
    part = new_part("NE555P")
    post_photos(client, (JPEG, "a.jpg"), data={"part": part})
    with session_scope() as session:
        (photo,) = DocumentService.list(session, part)
        PartService.get(session, part).image_id = photo.id
    run = client.get("/pipelines/runs", query_string={"part": part}).get_json()["runs"][0]["id"]
    suggestion = new_suggestion(part, TAGS, ["smd"])
    with session_scope() as session:
        session.get_one(Suggestion, suggestion).run_id = run
    (item,) = client.get("/suggestions").get_json()["suggestions"]
    about = item["about"]
    assert (about["id4"], about["manufacturer_code"]) == (part, "NE555P")
    assert about["thumbnail"] == f"/documents/{photo.id}/thumbnail?size=128"
    assert item["photo"] == f"/documents/{photo.id}/content"
    assert set(item["links"]) == {"self", "part", "run"}
    assert item["evidence"][0]["quote"] == "as printed"


@pytest.fixture
def four(client: FlaskClient) -> dict[str, Any]:
    """Two suggestions for each of two parts; one is decided."""
    first, second = sorted((new_part(), new_part()))
    made = {
        "parts": (first, second),
        "number": new_suggestion(first, NUMBER, {"manufacturer_code": "LM358"}),
        "tags": new_suggestion(second, TAGS, ["smd"]),
        "type": new_suggestion(first, TYPE, "Relay"),
        "rejected": new_suggestion(second, TYPE, "Relay"),
    }
    client.post(f"/suggestions/{made['rejected']}/reject")
    with session_scope() as session:
        session.get_one(Suggestion, made["number"]).confidence = 0.9
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["number", "tags", "type"]),
        ({"field": "tags"}, ["tags"]),
        ({"field": "stock"}, []),
        ({"state": "rejected"}, ["rejected"]),
        ({"confidence_at_least": 0.9}, ["number"]),
        ({"confidence_at_most": 0.6}, ["tags", "type"]),
        ({"confidence_at_least": 0.5, "confidence_at_most": 0.5, "field": "type"}, ["type"]),
    ],
)
def test_inbox_is_filtered(client: FlaskClient, four: dict[str, Any], query: dict[str, Any], found: list[str]) -> None:
    assert listed(client, **query) == [four[name] for name in found]
    assert client.get("/suggestions", query_string=query).get_json()["total"] == len(found)


def test_inbox_is_filtered_by_part_and_run(client: FlaskClient, four: dict[str, Any]) -> None:
    assert listed(client, part=four["parts"][0].lower()) == [four["number"], four["type"]]
    run = client.get(f"/suggestions/{four['type']}").get_json()["run_id"]
    assert listed(client, run=run) == [four["type"]]


def test_inbox_is_grouped_by_part(client: FlaskClient, four: dict[str, Any]) -> None:
    first = client.get("/suggestions?group=part&limit=1").get_json()
    second = client.get("/suggestions", query_string={"group": "part", "limit": 1, "after": first["next"]}).get_json()
    shown = [
        (group["part"]["id4"], [each["id"] for each in group["suggestions"]])
        for page in (first, second)
        for group in page["groups"]
    ]
    assert shown == [(four["parts"][0], [four["number"], four["type"]]), (four["parts"][1], [four["tags"]])]
    assert (first["total"], first["suggestions"], second["next"]) == (3, [], None)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 101},
        {"state": "open"},
        {"field": "price"},
        {"group": "run"},
        {"confidence_at_least": 1.1},
        {"after": "ABCD"},
        {"after": str(Cursor(sort="part", value="ABCD", key="ABCD"))},
        {"after": str(Cursor(sort="oldest", value="x", key="x"))},
        {"after": str(Cursor(sort="oldest", value="1", key="9" * 30))},
    ],
    ids=str,
)
def test_wrong_query_is_refused(client: FlaskClient, query: dict[str, Any]) -> None:
    assert client.get("/suggestions", query_string=query).status_code == 400
