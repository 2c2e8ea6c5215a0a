from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from models.session import get_engine, session_scope
from schemas.suggestion import SuggestionField
from services.part import PartService
from services.type import TypeService
from tests.integration.rows import JPEG, new_box, new_part, new_suggestion, post_photos, put_stock
from tests.statements import statements


@pytest.fixture
def relay(database: str) -> str:
    """A part with a type and tags."""
    part = new_part("G5V-1-DC5")
    with session_scope() as session:
        row = PartService.get(session, part)
        PartService.set_field(session, row, "type_id", TypeService.create(session, "Relay").id, by="machine")
        PartService.set_field(session, row, "tags", ["relay", "through-hole"], by="machine")
    return part


def test_part_shows_all_that_hangs_on_it(client: FlaskClient, relay: str) -> None:
    box_no = new_box()
    put_stock(relay, box_no, 2, 7, uuid4())
    suggestion = new_suggestion(relay, SuggestionField.TAGS, ["smd"])
    post_photos(client, (JPEG, "a.jpg"), data={"part": relay})
    part = client.get(f"/parts/{relay}").get_json()
    assert (part["type"], part["tags"], part["quantity"]) == ("Relay", ["relay", "through-hole"], 7)
    assert part["placements"] == [{"slot": f"{box_no}-2", "box_no": box_no, "loc_no": 2, "quantity": 7}]
    assert [each["id"] for each in part["suggestions"]] == [suggestion]
    assert [each["original_filename"] for each in part["documents"]] == ["a.jpg"]
    assert part["set_by"] == {"manufacturer_code": "person", "type_id": "machine", "tags": "machine"}


def test_part_is_found_in_whatever_case(client: FlaskClient, relay: str) -> None:
    assert client.get(f"/parts/{relay.lower()}").get_json()["id4"] == relay


@pytest.mark.parametrize("path", ["/parts/ZZZZ", "/parts/ABCDE", "/parts/A", "/parts/ZZZZ/documents"])
def test_unknown_part_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()["details"]["kind"]) == (404, "part")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type=relay", True),
        ("tag=through-hole", True),
        ("code=g5v1dc5", True),
        ("type=Relay&tag=relay&code=G5V-1-DC5", True),
        ("type=%25", False),
        ("type=Resistor", False),
        ("tag=through", False),
        ("code=G5V", False),
    ],
)
def test_parts_are_filtered(client: FlaskClient, relay: str, query: str, found: bool) -> None:
    new_part()
    ids = [part["id4"] for part in client.get(f"/parts?{query}").get_json()["parts"]]
    assert ids == ([relay] if found else [])


def test_pages_show_every_part_once(client: FlaskClient) -> None:
    made = sorted(new_part() for _ in range(5))
    first = client.get("/parts?limit=3").get_json()
    second = client.get("/parts", query_string={"limit": 3, "after": first["next"]}).get_json()
    assert [part["id4"] for part in first["parts"] + second["parts"]] == made
    assert second["next"] is None


def test_queries_do_not_grow_with_the_page(client: FlaskClient) -> None:
    for _ in range(5):
        new_part()
    with statements(get_engine()) as sent:
        client.get("/parts")
    assert len(sent) <= 2


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "after=ABCDE", "tag=" + "x" * 101, "nope=1", "tag=%00"])
def test_wrong_query_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/parts?{query}").status_code == 400


def test_documents_of_a_part_are_listed(client: FlaskClient) -> None:
    part = new_part()
    post_photos(client, (JPEG, "a.jpg"), (JPEG + b"2", "b.jpg"), data={"part": part})
    documents = client.get(f"/parts/{part}/documents").get_json()["documents"]
    assert [document["original_filename"] for document in documents] == ["a.jpg", "b.jpg"]
