from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from models.session import session_scope
from schemas.errors import Conflict
from schemas.suggestion import SuggestionField
from services.part import PartService
from services.type import TypeService
from tests.support.rows import JPEG, new_box, new_part, new_suggestion, post_photos, put_stock


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
    assert part["set_by"] == {"manufacturer_code": "person", "type": "machine", "tags": "machine"}


def test_part_is_found_in_whatever_case(client: FlaskClient, relay: str) -> None:
    assert client.get(f"/parts/{relay.lower()}").get_json()["id4"] == relay


@pytest.mark.parametrize("path", ["/parts/ZZZZ", "/parts/ABCDE", "/parts/A", "/parts/ZZZZ/documents"])
def test_unknown_part_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()["details"]["kind"]) == (404, "part")


def test_documents_of_a_part_are_listed(client: FlaskClient) -> None:
    part = new_part()
    post_photos(client, (JPEG, "a.jpg"), (JPEG + b"2", "b.jpg"), data={"part": part})
    documents = client.get(f"/parts/{part}/documents").get_json()["documents"]
    assert [document["original_filename"] for document in documents] == ["a.jpg", "b.jpg"]


FULL = {
    "manufacturer_code": "G5V-1-DC5",
    "manufacturer": "Omron",
    "type": "relay",
    "description": "a signal relay,\nvery small",
    "tags": ["Relay", "through hole"],
    "seller": "Mouser",
    "seller_link": "https://mouser.com/x",
}


def test_new_part_has_what_it_was_made_with(client: FlaskClient) -> None:
    client.post("/types", json={"name": "Relay"})
    answer = client.post("/parts", json=FULL)
    part = answer.get_json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/parts/{part['id4']}")
    assert {name: part[name] for name in FULL} == {**FULL, "type": "Relay", "tags": ["relay", "through-hole"]}
    assert set(part["set_by"].values()) == {"person"}


def test_part_may_be_made_of_nothing(client: FlaskClient) -> None:
    part = client.post("/parts", json={}).get_json()
    assert (part["manufacturer_code"], part["tags"], part["quantity"], part["set_by"]) == (None, [], 0, {})


def test_part_is_made_once_for_a_key(client: FlaskClient) -> None:
    first, again = (
        client.post("/parts", json={"manufacturer_code": "LM358"}, headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    other = client.post("/parts", json={"manufacturer_code": "NE555"}, headers={"Idempotency-Key": "k"})
    assert (first.get_json(), again.headers["Idempotency-Replayed"]) == (again.get_json(), "true")
    assert other.status_code == 422


WRONG = [
    ({"manufacturer_code": " "}, 400, "manufacturer_code"),
    ({"manufacturer_code": "--"}, 400, "manufacturer_code"),
    ({"manufacturer_code": "x" * 101}, 400, "manufacturer_code"),
    ({"manufacturer": "a\0b"}, 400, "manufacturer"),
    ({"seller_link": "javascript:alert(1)"}, 400, "seller_link"),
    ({"tags": "relay"}, 400, "tags"),
    ({"tags": [f"t{number}" for number in range(51)]}, 400, "tags"),
    ({"id4": "ABCD"}, 400, "id4"),
    ({"description": 7}, 400, "description"),
    ({"type": "Flux capacitor"}, 404, None),
    ({"description": "a\0b"}, 400, "description"),
]


@pytest.mark.parametrize(("body", "status", "field"), WRONG)
def test_wrong_field_is_refused(client: FlaskClient, body: dict[str, object], status: int, field: str | None) -> None:
    part = new_part("LM358")
    for answer in (client.post("/parts", json=body), client.patch(f"/parts/{part}", json=body)):
        assert (answer.status_code, (answer.get_json()["details"].get("field") or "").split(".")[0]) == (
            status,
            field or "",
        )
    assert [each["id4"] for each in client.get("/parts").get_json()["parts"]] == [part]


def test_change_leaves_alone_what_it_does_not_name(client: FlaskClient, relay: str) -> None:
    part = client.patch(f"/parts/{relay}", json={"description": "mine", "manufacturer": None}).get_json()
    assert (part["description"], part["type"], part["manufacturer_code"]) == ("mine", "Relay", "G5V-1-DC5")
    assert part["set_by"] == {
        "manufacturer_code": "person",
        "type": "machine",
        "tags": "machine",
        "description": "person",
        "manufacturer": "person",
    }


def test_null_clears_a_field_and_keeps_machines_out(client: FlaskClient, relay: str) -> None:
    cleared = client.patch(f"/parts/{relay}", json={"type": None, "tags": None, "manufacturer_code": None}).get_json()
    assert (cleared["type"], cleared["tags"], cleared["manufacturer_code"]) == (None, [], None)
    with session_scope() as session:
        part = PartService.lock(session, relay)
        PartService.fill(session, part, manufacturer_code="G5V-1")
        assert not PartService.set_field(session, part, "tags", ["relay"], by="machine")
        assert (part.manufacturer_code, part.tags) == (None, [])


def test_change_based_on_what_is_there_is_made(client: FlaskClient, relay: str) -> None:
    seen = client.get(f"/parts/{relay}").headers["ETag"]
    answer = client.patch(f"/parts/{relay}", json={"description": "mine"}, headers={"If-Match": seen})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == client.get(f"/parts/{relay}").headers["ETag"] != seen


@pytest.mark.parametrize("what", ["field", "stock", "suggestion", "document", "type", "nonsense"])
def test_change_based_on_something_else_is_refused(client: FlaskClient, relay: str, what: str) -> None:
    seen = client.get(f"/parts/{relay}").headers["ETag"]
    match what:
        case "field":
            client.patch(f"/parts/{relay}", json={"description": "theirs"})
        case "stock":
            put_stock(relay, new_box(), 1, 5, uuid4())
        case "suggestion":
            new_suggestion(relay, SuggestionField.TAGS, ["smd"])
        case "document":
            post_photos(client, (JPEG, "a.jpg"), data={"part": relay})
        case "type":
            client.patch("/types/Relay", json={"name": "Relays"})
        case _:
            seen = "nonsense"
    before = client.get(f"/parts/{relay}").get_json()
    answer = client.patch(f"/parts/{relay}", json={"description": "mine"}, headers={"If-Match": seen})
    assert (answer.status_code, client.get(f"/parts/{relay}").get_json()) == (412, before)
    assert "read it again" in answer.get_json()["error"]


def test_of_two_changes_at_once_one_is_refused(client: FlaskClient, relay: str) -> None:
    seen = client.get(f"/parts/{relay}").headers["ETag"]

    def change(number: int) -> int:
        with client.application.test_client() as caller:
            body, headers = {"description": f"number {number}"}, {"If-Match": seen}
            return caller.patch(f"/parts/{relay}", json=body, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(change, range(4))) == [200, 412, 412, 412]


def test_known_part_is_not_sent_again(client: FlaskClient, relay: str) -> None:
    seen = client.get(f"/parts/{relay}").headers["ETag"]
    again = client.get(f"/parts/{relay}", headers={"If-None-Match": seen})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", seen)


@pytest.mark.parametrize(
    ("code", "maker", "found"),
    [
        ("lm-358", None, "same_number"),
        ("LM358", "texas instruments", "same_number"),
        ("LM358", "TI", "same_number"),
        ("LM358", "National Semiconductor", "same_number"),
        ("LM358", "ST", "near_number"),
        ("LM35.8", None, "near_number"),
        ("LM358N", None, "near_number"),
        ("LM358DR2G", None, "near_number"),
        ("LM35", None, "near_number"),
        ("NE555", None, None),
    ],
)
def test_likely_duplicates_are_named_and_stop_nothing(
    client: FlaskClient, code: str, maker: str | None, found: str | None
) -> None:
    known = client.post("/parts", json={"manufacturer_code": "LM358", "manufacturer": "Texas Instruments"}).get_json()
    asked = client.get("/parts/duplicates", query_string={"code": code, "manufacturer": maker or "Texas Instruments"})
    answer = client.post("/parts", json={"manufacturer_code": code, "manufacturer": maker})
    named = [(each["id4"], each["reason"]) for each in answer.get_json()["duplicates"]]
    assert (answer.status_code, named) == (201, [(known["id4"], found)] if found else [])
    assert [each["id4"] for each in asked.get_json()["duplicates"]] == [id4 for id4, _ in named]


@pytest.mark.parametrize("query", ["", "code=", "code=--", "code=" + "x" * 101])
def test_duplicates_of_no_number_are_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/parts/duplicates?{query}").status_code == 400


def test_retired_part_is_hidden_until_it_is_restored(client: FlaskClient, relay: str) -> None:
    for _ in range(2):
        assert client.post(f"/parts/{relay}/retire").get_json()["retired_at"]
    assert client.get("/parts").get_json()["parts"] == []
    assert [each["id4"] for each in client.get("/parts?retired=true").get_json()["parts"]] == [relay]
    for _ in range(2):
        assert client.post(f"/parts/{relay}/restore").get_json()["retired_at"] is None
    assert [each["id4"] for each in client.get("/parts").get_json()["parts"]] == [relay]


def test_part_with_stock_is_not_retired(client: FlaskClient, relay: str) -> None:
    box_no = new_box()
    put_stock(relay, box_no, 2, 7, uuid4())
    answer = client.post(f"/parts/{relay}/retire")
    assert (answer.status_code, answer.get_json()["details"]) == (409, {"placements": {f"{box_no}-2": 7}})


def test_retired_part_takes_no_stock_and_frees_its_slots(client: FlaskClient, relay: str) -> None:
    box_no = new_box()
    suggestion = new_suggestion(relay, SuggestionField.STOCK, {"quantity": 3, "slot": f"{box_no}-1"})
    client.post(f"/parts/{relay}/retire")
    assert client.post(f"/suggestions/{suggestion}/accept").status_code == 409
    with pytest.raises(Conflict, match="is retired; restore it"):
        put_stock(relay, box_no, 1, 1, uuid4())


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("PATCH", "", {}), ("POST", "/retire", None), ("POST", "/restore", None), ("GET", "/documents", None)],
)
def test_change_of_an_unknown_part_is_not_found(
    client: FlaskClient, method: str, path: str, body: dict[str, str] | None
) -> None:
    answer = client.open(f"/parts/ZZZZ{path}", method=method, json=body)
    assert (answer.status_code, answer.get_json()["error"]) == (404, "there is no part ZZZZ")
