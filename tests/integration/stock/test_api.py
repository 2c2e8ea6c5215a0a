from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.session import get_engine
from tests.support.rows import new_box, new_part
from tests.support.statements import statements

Book = Callable[..., TestResponse]

KINDS: dict[str, dict[str, Any]] = {
    "receive": {"quantity": 2, "slot": "1-1"},
    "use": {"quantity": 2, "slot": "1-1"},
    "move": {"from_slot": "1-1", "to_slot": "1-2"},
    "split": {"from_slot": "1-1", "into": [{"slot": "1-2", "quantity": 1}]},
    "count": {"slot": "1-1", "counted": 3},
    "undo": {},
}


@pytest.fixture
def part(database: str) -> str:
    """A part, and box 1 with four locations."""
    assert new_box(4) == 1
    return new_part()


@pytest.fixture
def book(client: FlaskClient, part: str) -> Book:
    """Return a function that gives a command, as in `book("receive", quantity=5, slot="1-1")`."""

    def give(kind: str, *, on: str = part, **body: Any) -> TestResponse:
        return client.post(f"/parts/{on}/stock/{kind}", json={"command_id": str(uuid4()), **body})

    return give


@pytest.fixture
def lying(client: FlaskClient, part: str) -> Callable[..., dict[str, int]]:
    """Return a function that asks how many of a part lie in which slot."""

    def ask(on: str = part) -> dict[str, int]:
        placements = client.get(f"/parts/{on}").get_json()["placements"]
        return {each["slot"]: each["quantity"] for each in placements}

    return ask


@pytest.mark.parametrize(
    ("kind", "body", "after"),
    [
        ("receive", {"quantity": 5, "slot": "1-1"}, {"1-1": 15, "1-2": 4}),
        ("receive", {"quantity": 5, "slot": "1-3"}, {"1-1": 10, "1-2": 4, "1-3": 5}),
        ("receive", {"quantity": 5}, {"1-1": 15, "1-2": 4}),
        ("use", {"quantity": 3, "slot": "1-1"}, {"1-1": 7, "1-2": 4}),
        ("use", {"quantity": 4, "slot": "1-2"}, {"1-1": 10}),
        ("move", {"from_slot": "1-1", "to_slot": "1-3", "quantity": 4}, {"1-1": 6, "1-2": 4, "1-3": 4}),
        ("move", {"from_slot": "1-1", "to_slot": "1-2"}, {"1-2": 14}),
        (
            "split",
            {"from_slot": "1-1", "into": [{"slot": "1-3", "quantity": 3}, {"slot": "1-4", "quantity": 7}]},
            {"1-2": 4, "1-3": 3, "1-4": 7},
        ),
        ("count", {"slot": "1-1", "counted": 8}, {"1-1": 8, "1-2": 4}),
        ("count", {"slot": "1-1", "counted": 0}, {"1-2": 4}),
        ("count", {"slot": "1-3", "counted": 1}, {"1-1": 10, "1-2": 4, "1-3": 1}),
        ("count", {"slot": "1-1", "counted": 10}, {"1-1": 10, "1-2": 4}),
        ("undo", {}, {"1-1": 10}),
    ],
)
def test_command_changes_what_lies_where(
    book: Book, lying: Callable[..., dict[str, int]], kind: str, body: dict[str, Any], after: dict[str, int]
) -> None:
    book("receive", quantity=10, slot="1-1")
    book("receive", quantity=4, slot="1-2")
    answer = book(kind, **body)
    assert (answer.status_code, answer.get_json()["kind"]) == (200, kind)
    assert lying() == after
    assert answer.get_json()["quantity"] == sum(after.values())


def test_answer_says_what_was_changed(book: Book, part: str) -> None:
    book("receive", quantity=10, slot="1-1")
    moved = book("move", to_slot="1-2", quantity=4, reason="nearer to the bench").get_json()
    assert moved["changes"] == [
        {"slot": "1-1", "delta_qty": -4, "quantity": 6},
        {"slot": "1-2", "delta_qty": 4, "quantity": 4},
    ]
    assert (moved["part"], moved["quantity"], moved["undoes"]) == (part, 10, None)


@pytest.mark.parametrize("kind", KINDS)
def test_command_again_answers_the_same_and_does_nothing(
    book: Book, lying: Callable[..., dict[str, int]], kind: str
) -> None:
    book("receive", quantity=10, slot="1-1")
    command_id = str(uuid4())
    first = book(kind, command_id=command_id, **KINDS[kind])
    before = lying()
    book("receive", quantity=1, slot="1-4")
    again = book(kind, command_id=command_id, **KINDS[kind])
    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert lying() == {**before, "1-4": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_command_id_is_for_one_command_only(book: Book, kind: str) -> None:
    command_id = book("receive", quantity=10, slot="1-1", reason="first").get_json()["command_id"]
    answer = book(kind, command_id=command_id, **KINDS[kind])
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (422, "command_id")


def test_command_id_is_for_one_part_only(book: Book) -> None:
    command_id = book("receive", quantity=10, slot="1-1").get_json()["command_id"]
    assert book("receive", on=new_part(), command_id=command_id, quantity=10, slot="1-1").status_code == 422


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_part_has_no_stock(book: Book, kind: str) -> None:
    answer = book(kind, on="ZZZZ", **KINDS[kind])
    assert (answer.status_code, answer.get_json()["details"]["kind"]) == (404, "part")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("receive", {"quantity": 1, "slot": "9-1"}),
        ("receive", {"quantity": 1, "slot": "1-5"}),
        ("move", {"from_slot": "1-1", "to_slot": "9-1"}),
        ("split", {"into": [{"slot": "1-2", "quantity": 1}, {"slot": "1-999", "quantity": 1}]}),
        ("count", {"slot": "1-5", "counted": 0}),
    ],
)
def test_unknown_location_takes_nothing(
    book: Book, lying: Callable[..., dict[str, int]], kind: str, body: dict[str, Any]
) -> None:
    book("receive", quantity=10, slot="1-1")
    answer = book(kind, **body)
    assert (answer.status_code, answer.get_json()["details"]["kind"]) == (404, "location")
    assert lying() == {"1-1": 10}


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("receive", {"quantity": 0}, "quantity"),
        ("receive", {"quantity": -1}, "quantity"),
        ("receive", {"quantity": 10**10}, "quantity"),
        ("receive", {"quantity": 1.5}, "quantity"),
        ("receive", {"quantity": 1, "slot": "1"}, "slot"),
        ("receive", {"quantity": 1, "slot": "0-1"}, "slot"),
        ("receive", {"quantity": 1, "slot": "1-٣"}, "slot"),
        ("receive", {"quantity": 1, "command_id": "x"}, "command_id"),
        ("receive", {"quantity": 1, "command_id": None}, "command_id"),
        ("receive", {"quantity": 1, "reason": " "}, "reason"),
        ("receive", {"quantity": 1, "reason": "x" * 201}, "reason"),
        ("receive", {"quantity": 1, "amount": 3}, "amount"),
        ("use", {}, "quantity"),
        ("move", {"from_slot": "1-1"}, "to_slot"),
        ("move", {"from_slot": "1-1", "to_slot": "1-1"}, "to_slot"),
        ("split", {"into": []}, "into"),
        ("split", {"into": [{"slot": "1-2", "quantity": 1}] * 2}, "into"),
        ("split", {"into": [{"slot": "1-1", "quantity": 1}]}, "into"),
        ("count", {"slot": "1-1", "counted": -1}, "counted"),
        ("count", {"counted": 1}, "slot"),
        ("undo", {"undoes": "x"}, "undoes"),
    ],
)
def test_wrong_command_is_refused(
    book: Book, lying: Callable[..., dict[str, int]], kind: str, body: dict[str, Any], field: str
) -> None:
    book("receive", quantity=10, slot="1-1")
    answer = book(kind, **body)
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, field)
    assert lying() == {"1-1": 10}


def test_text_that_cannot_be_stored_is_refused(book: Book) -> None:
    assert book("receive", quantity=1, slot="1-1", reason="a\0b").status_code == 400


@pytest.mark.parametrize(
    ("kind", "body", "there"),
    [
        ("use", {"quantity": 11, "slot": "1-1"}, 10),
        ("move", {"from_slot": "1-1", "to_slot": "1-3", "quantity": 11}, 10),
        ("split", {"from_slot": "1-1", "into": [{"slot": f"1-{n}", "quantity": 6} for n in (3, 4)]}, 10),
        ("use", {"quantity": 1, "slot": "1-3"}, 0),
        ("move", {"from_slot": "1-4", "to_slot": "1-3"}, 0),
    ],
)
def test_more_than_is_there_cannot_be_taken(
    book: Book, lying: Callable[..., dict[str, int]], kind: str, body: dict[str, Any], there: int
) -> None:
    book("receive", quantity=10, slot="1-1")
    book("receive", quantity=4, slot="1-2")
    answer = book(kind, **body)
    details = answer.get_json()["details"]
    assert (answer.status_code, details["quantity"]) == (409, there)
    assert details["placements"] == lying() == {"1-1": 10, "1-2": 4}


def test_more_than_can_be_noted_does_not_fit(book: Book) -> None:
    answers = [book("receive", quantity=10**9, slot="1-1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 409]


def test_slot_in_doubt_is_asked_for(book: Book) -> None:
    for slot in ("1-1", "1-2"):
        book("receive", quantity=10, slot=slot)
    answer = book("use", quantity=1)
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (409, "slot")
    assert "1-1 (10), 1-2 (10)" in answer.get_json()["error"]


def test_part_that_lies_nowhere_cannot_be_used(book: Book) -> None:
    answer = book("use", quantity=1)
    assert (answer.status_code, answer.get_json()["details"]["placements"]) == (409, {})


def test_new_part_goes_to_a_free_slot(book: Book, lying: Callable[..., dict[str, int]]) -> None:
    book("receive", quantity=1, slot="1-1", on=new_part())
    assert book("receive", quantity=5).status_code == 200
    assert lying() == {"1-2": 5}


def test_without_a_free_slot_one_is_asked_for(book: Book) -> None:
    for loc_no in range(1, 5):
        book("receive", quantity=1, slot=f"1-{loc_no}", on=new_part())
    answer = book("receive", quantity=5)
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (409, "slot")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("receive", {"quantity": 1, "slot": "1-2"}),
        ("move", {"to_slot": "1-2"}),
        ("split", {"into": [{"slot": "1-2", "quantity": 1}]}),
        ("count", {"slot": "1-2", "counted": 1}),
    ],
)
def test_two_parts_share_a_slot_only_when_asked(book: Book, part: str, kind: str, body: dict[str, Any]) -> None:
    other = new_part()
    book("receive", quantity=3, slot="1-2", on=other)
    book("receive", quantity=10, slot="1-1")
    refused = book(kind, **body)
    assert (refused.status_code, refused.get_json()["details"]["part"]) == (409, other)
    assert book(kind, share=True, **body).status_code == 200


def test_none_counted_where_another_part_lies_puts_nothing_there(book: Book) -> None:
    book("receive", quantity=3, slot="1-2", on=new_part())
    counted = book("count", slot="1-2", counted=0)
    assert (counted.status_code, counted.get_json()["changes"]) == (200, [])
    assert book("count", slot="1-9", counted=0).status_code == 404


def test_part_that_shares_a_slot_may_go_on(book: Book) -> None:
    book("receive", quantity=3, slot="1-1", on=new_part())
    book("receive", quantity=3, slot="1-1", share=True)
    assert book("receive", quantity=3, slot="1-1").status_code == 200


def test_used_up_part_stays_and_its_slot_is_free(
    client: FlaskClient, book: Book, part: str, lying: Callable[..., dict[str, int]]
) -> None:
    book("receive", quantity=10, slot="1-1")
    book("use", quantity=10)
    assert lying() == {}
    assert client.get("/boxes/1").get_json()["free"] == 4
    assert book("receive", quantity=1, slot="1-1", on=new_part()).status_code == 200


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "undo"])
def test_undo_takes_back_the_last_command(book: Book, lying: Callable[..., dict[str, int]], kind: str) -> None:
    book("receive", quantity=10, slot="1-1")
    last = book(kind, **KINDS[kind]).get_json()["command_id"]
    undone = book("undo", undoes=last)
    assert (undone.status_code, undone.get_json()["undoes"]) == (200, last)
    assert lying() == {"1-1": 10}


def test_nothing_booked_is_nothing_to_undo(book: Book) -> None:
    assert "no command to undo" in book("undo").get_json()["error"]


def test_undone_command_cannot_be_undone_again(book: Book, lying: Callable[..., dict[str, int]]) -> None:
    for quantity in (10, 5):
        book("receive", quantity=quantity, slot="1-1")
    assert [book("undo").status_code for _ in range(2)] == [200, 409]
    assert lying() == {"1-1": 10}


def test_command_before_the_last_cannot_be_undone(book: Book) -> None:
    first, last = (book("receive", quantity=5, slot="1-1").get_json()["command_id"] for _ in range(2))
    answer = book("undo", undoes=first)
    assert (answer.status_code, answer.get_json()["details"]["last"]) == (409, last)


def test_slot_that_was_taken_since_prevents_the_undo(book: Book, lying: Callable[..., dict[str, int]]) -> None:
    book("receive", quantity=5, slot="1-1")
    book("use", quantity=5)
    book("receive", quantity=1, slot="1-1", on=new_part())
    answer = book("undo")
    assert (answer.status_code, answer.get_json()["details"]["slot"]) == (409, "1-1")
    assert lying() == {}
    assert book("undo", share=True).status_code == 200


def test_slot_that_is_gone_prevents_the_undo(client: FlaskClient, book: Book) -> None:
    book("receive", quantity=5, slot="1-4")
    book("use", quantity=5)
    client.patch("/boxes/1", json={"capacity": 3})
    answer = book("undo")
    assert answer.status_code == 409
    assert "there is no location 1-4" in answer.get_json()["error"]


def test_history_is_the_sum_of_all_changes(
    client: FlaskClient, book: Book, part: str, lying: Callable[..., dict[str, int]]
) -> None:
    book("receive", quantity=10, slot="1-1", reason="order 7")
    book("move", to_slot="1-2")
    book("count", slot="1-2", counted=8)
    undo = book("undo").get_json()["command_id"]
    history = client.get(f"/parts/{part}/history").get_json()["history"]
    shown = [(each["kind"], each["slot"], each["delta_qty"], each["reason"], each["undone_by"]) for each in history]
    assert shown == [
        ("undo", "1-2", 2, "undo", None),
        ("count", "1-2", -2, "count", undo),
        ("move", "1-2", 10, "move", None),
        ("move", "1-1", -10, "move", None),
        ("receive", "1-1", 10, "order 7", None),
    ]
    assert lying() == {"1-2": 10}


def test_pages_show_every_change_once(client: FlaskClient, book: Book, part: str) -> None:
    for quantity in range(1, 6):
        book("receive", quantity=quantity, slot="1-1")
    shown, after = [], None
    for _ in range(3):
        page = client.get(f"/parts/{part}/history", query_string={"limit": 2, **({"after": after} if after else {})})
        shown += [each["delta_qty"] for each in page.get_json()["history"]]
        after = page.get_json()["next"]
    assert (shown, after) == ([5, 4, 3, 2, 1], None)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "after=0", "after=x", f"after={2**63}", "nope=1"])
def test_wrong_page_is_refused(client: FlaskClient, part: str, query: str) -> None:
    assert client.get(f"/parts/{part}/history?{query}").status_code == 400


def test_unknown_part_has_no_history(client: FlaskClient) -> None:
    assert client.get("/parts/ZZZZ/history").status_code == 404


def test_command_takes_few_statements(book: Book) -> None:
    book("receive", quantity=1, slot="1-1")
    with statements(get_engine()) as sent:
        book("receive", quantity=1, slot="1-1")
    assert len(sent) <= 8
