"""Lists of parts: what is in them, in which order, and what a page costs."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from models.session import get_engine, session_scope
from schemas.cursor import Cursor
from schemas.document import DocumentKind
from schemas.part import PartSort
from schemas.suggestion import SuggestionField
from services.document import BlobService, DocumentService
from tests.support.rows import new_box, new_part, new_suggestion, put_stock
from tests.support.statements import statements


@pytest.fixture
def parts(client: FlaskClient) -> dict[str, str]:
    """A relay with everything, and a bare part without anything."""
    client.post("/types", json={"name": "Relay"})
    fields = {"manufacturer_code": "G5V-1-DC5", "type": "Relay", "tags": ["relay", "through-hole"]}
    fields["manufacturer"] = "Omron Corp."
    relay = client.post("/parts", json=fields).get_json()["id4"]
    put_stock(relay, new_box(), 2, 7, uuid4())
    new_suggestion(relay, SuggestionField.TAGS, ["smd"])
    with session_scope() as session:
        BlobService.ensure(
            session, sha256="a" * 64, bucket="docs", s3_key="k", size=1, media_type="application/pdf", page_count=1
        )
        DocumentService.attach(session, relay, DocumentKind.PDF, sha256="a" * 64, is_datasheet=True)
    return {"relay": relay, "bare": new_part()}


def ids(client: FlaskClient, **query: Any) -> list[str]:
    return [part["id4"] for part in client.get("/parts", query_string=query).get_json()["parts"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"type": "relay"}, "relay"),
        ({"type": "%"}, None),
        ({"type": "Resistor"}, None),
        ({"tag": "Through Hole"}, "relay"),
        ({"tag": "through"}, None),
        ({"code": "g5v1dc5"}, "relay"),
        ({"code": "G5V"}, None),
        ({"manufacturer": "OMRON"}, "relay"),
        ({"manufacturer": "Songle"}, None),
        ({"box": 1}, "relay"),
        ({"box": 2}, None),
        ({"without_datasheet": "true"}, "bare"),
        ({"without_datasheet": "false"}, "relay"),
        ({"needs_review": "true"}, "relay"),
        ({"needs_review": "false"}, "bare"),
        ({"out_of_stock": "true"}, "bare"),
        ({"out_of_stock": "false"}, "relay"),
        ({"retired": "true"}, None),
        ({"type": "Relay", "tag": "relay", "code": "G5V-1-DC5", "box": 1, "needs_review": "true"}, "relay"),
        ({"type": "Relay", "out_of_stock": "true"}, None),
    ],
)
def test_parts_are_filtered(
    client: FlaskClient, parts: dict[str, str], query: dict[str, object], found: str | None
) -> None:
    assert ids(client, **query) == ([parts[found]] if found else [])


def test_list_says_how_many_there_are(client: FlaskClient, parts: dict[str, str]) -> None:
    listed = client.get("/parts").get_json()["parts"]
    assert {part["id4"]: part["quantity"] for part in listed} == {parts["relay"]: 7, parts["bare"]: 0}


@pytest.mark.parametrize("sort", PartSort)
def test_pages_show_every_part_once_in_order(client: FlaskClient, sort: PartSort) -> None:
    made = [new_part(code) for code in ("LM358", None, "ne-555", "LM358", None, "74HC00", "LM 358")]
    pages: list[list[dict[str, Any]]] = []
    after = None
    while after or not pages:
        page = client.get("/parts", query_string={"limit": 2, "sort": sort} | ({"after": after} if after else {}))
        pages.append(page.get_json()["parts"])
        after = page.get_json()["next"]
    shown = [part["id4"] for page in pages for part in page]
    assert (sorted(shown), len(pages)) == (sorted(made), 4)
    assert shown == ids(client, sort=sort)


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [("code", ["74HC00", "LM-358", "ne555", None]), ("-code", [None, "ne555", "LM-358", "74HC00"])],
)
def test_numbers_sort_by_letters_and_digits_and_none_comes_last(
    client: FlaskClient, sort: str, numbers: list[str | None]
) -> None:
    for code in (None, "ne555", "74HC00", "LM-358"):
        new_part(code)
    listed = client.get("/parts", query_string={"sort": sort}).get_json()["parts"]
    assert [part["manufacturer_code"] for part in listed] == numbers


def test_changed_part_comes_first_among_the_updated(client: FlaskClient) -> None:
    first, second = new_part(), new_part()
    client.patch(f"/parts/{first}", json={"description": "mine"})
    assert ids(client, sort="-updated") == [first, second]
    assert ids(client, sort="-created") == [second, first]


def test_page_goes_on_where_the_last_ended_when_rows_come_and_go(client: FlaskClient) -> None:
    made = sorted(new_part() for _ in range(4))
    first = client.get("/parts?limit=2").get_json()
    client.post(f"/parts/{made[1]}/retire")
    second = client.get("/parts", query_string={"limit": 2, "after": first["next"]}).get_json()
    assert [part["id4"] for part in second["parts"]] == made[2:]


def cursor_of(client: FlaskClient, sort: str) -> str:
    new_part()
    new_part()
    return str(client.get("/parts", query_string={"limit": 1, "sort": sort}).get_json()["next"])


@pytest.mark.parametrize("sort", ["id4", "-updated"])
def test_damaged_cursor_is_refused(client: FlaskClient, sort: str) -> None:
    cursor = cursor_of(client, sort)
    flipped = [cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :] for place in (0, 9, 40)]
    for damaged in (*flipped, cursor[:-3], cursor + "AAAA", "ABCD", "é", "=", "A" * 500):
        answer = client.get("/parts", query_string={"sort": sort, "after": damaged})
        assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, "after"), damaged


def test_forged_cursor_is_refused(client: FlaskClient) -> None:
    forged = str(Cursor(sort="created", value="yesterday", key="ABCD"))
    assert client.get("/parts", query_string={"sort": "created", "after": forged}).status_code == 400


def test_cursor_of_another_order_is_refused(client: FlaskClient) -> None:
    answer = client.get("/parts", query_string={"sort": "id4", "after": cursor_of(client, "created")})
    assert answer.status_code == 400
    assert "sorted by created" in answer.get_json()["error"]


def test_queries_do_not_grow_with_the_page(client: FlaskClient, parts: dict[str, str]) -> None:
    for number in range(5):
        client.post("/parts", json={"type": "Relay", "tags": [f"t{number}"]})
    with statements(get_engine()) as sent:
        assert len(ids(client)) == 7
    assert len(sent) == 2


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "sort=price", "box=0", "box=9999999999", "retired=perhaps", "tag=" + "x" * 51, "tag=%00"],
)
def test_wrong_query_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/parts?{query}").status_code == 400
