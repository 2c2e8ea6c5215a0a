"""The shopping list: from wanted to received."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.session import get_engine
from tests.support.project_rows import coverage, lying, new_project, stocked
from tests.support.rows import new_box, new_part
from tests.support.statements import statements

Line = Callable[..., int]


@pytest.fixture
def line(client: FlaskClient) -> Line:
    """Return a function that adds a line, as in `line(text="Case", state="ordered")`."""

    def add(*, state: str = "wanted", **body: Any) -> int:
        created = client.post(
            "/shopping", json={"quantity": 10, **({} if "part" in body else {"text": "Case"}), **body}
        )
        assert created.status_code == 201
        added = int(created.get_json()["id"])
        if state != "wanted":
            assert client.post("/shopping/order", json={"lines": [added]}).status_code == 200
        if state == "received":
            assert receive(client, added, new_part={}).status_code == 200
        return added

    return add


@pytest.fixture(autouse=True)
def box(database: str) -> None:
    """Box 1."""
    assert new_box(5) == 1


def receive(client: FlaskClient, line: int, command_id: UUID | None = None, **body: Any) -> TestResponse:
    given = {"command_id": str(command_id or uuid4()), "quantity": 10, **body}
    return client.post(f"/shopping/{line}/receive", json=given)


def shown(client: FlaskClient, line: int) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/shopping/{line}").get_json()
    return answer


def shortage(client: FlaskClient, project: int, **body: Any) -> list[tuple[str, int]]:
    lines = client.post(f"/projects/{project}/shortage", json=body).get_json()["lines"]
    return [(each["part"] or each["text"], each["quantity"]) for each in lines]


def test_line_for_a_text_is_added(client: FlaskClient) -> None:
    project = new_project(client)
    body = {"text": "Case", "quantity": 2, "seller": "Reichelt", "seller_link": "https://reichelt.de/x", "note": "red"}
    answer = client.post("/shopping", json={**body, "project": project})
    assert (answer.status_code, client.get(answer.headers["Location"]).get_json()) == (201, answer.get_json())
    assert {**body, "project": project, "state": "wanted", "part": None, "received": 0}.items() <= (
        answer.get_json().items()
    )


def test_line_for_a_part_has_its_seller(client: FlaskClient) -> None:
    part = client.post("/parts", json={"manufacturer_code": "NE555P", "seller": "LCSC", "seller_link": "https://l/1"})
    id4 = part.get_json()["id4"]
    added = client.post("/shopping", json={"part": id4.lower(), "quantity": 2}).get_json()
    assert (added["part"], added["manufacturer_code"]) == (id4, "NE555P")
    assert (added["seller"], added["seller_link"]) == ("LCSC", "https://l/1")
    other = client.post("/shopping", json={"part": id4, "quantity": 2, "seller": "Mouser"}).get_json()
    assert (other["seller"], other["seller_link"]) == ("Mouser", None)


def test_line_is_added_once_for_a_key(client: FlaskClient) -> None:
    for _ in range(2):
        client.post("/shopping", json={"text": "Case", "quantity": 1}, headers={"Idempotency-Key": "a"})
    assert len(client.get("/shopping").get_json()["lines"]) == 1
    other = client.post("/shopping", json={"text": "Case", "quantity": 2}, headers={"Idempotency-Key": "a"})
    assert other.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "Case"},
        {"quantity": 1},
        {"text": "Case", "quantity": 0},
        {"text": "Case", "quantity": 10**10},
        {"text": "Case", "part": "ABCD", "quantity": 1},
        {"text": "Case", "quantity": 1, "seller_link": "javascript:alert(1)"},
        {"text": "Case", "quantity": 1, "project": 0},
        {"text": "a\0b", "quantity": 1},
    ],
)
def test_wrong_line_is_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post("/shopping", json=body).status_code == 400


@pytest.mark.parametrize("body", [{"part": "ZZZZ"}, {"text": "Case", "project": 9}])
def test_line_for_the_unknown_is_not_found(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post("/shopping", json={"quantity": 1, **body}).status_code == 404


def test_lines_are_listed_and_filtered(client: FlaskClient, line: Line) -> None:
    part, project = new_part(), new_project(client)
    ids = [line(part=part), line(project=project, state="ordered"), line(part=part, project=project)]

    def listed(query: str) -> list[int]:
        return [each["id"] for each in client.get(f"/shopping?{query}").get_json()["lines"]]

    assert (listed(""), listed(f"after={ids[0]}&limit=1")) == (ids, [ids[1]])
    assert (listed("state=wanted"), listed(f"project={project}")) == ([ids[0], ids[2]], ids[1:])
    assert (listed(f"part={part}"), listed(f"part={part}&project={project}")) == ([ids[0], ids[2]], [ids[2]])
    assert client.get("/shopping?limit=2").get_json()["next"] == ids[1]


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "after=0", "part=x", "project=x"])
def test_wrong_list_of_lines_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/shopping?{query}").status_code == 400


def test_lines_stand_seller_by_seller(client: FlaskClient, line: Line) -> None:
    ids = [line(), line(seller="Mouser"), line(seller="LCSC"), line(seller="mouser"), line(state="ordered")]
    groups = client.get("/shopping/sellers").get_json()["sellers"]
    assert [(group["seller"], [each["id"] for each in group["lines"]]) for group in groups] == [
        ("LCSC", [ids[2]]),
        ("Mouser", [ids[1], ids[3]]),
        (None, [ids[0]]),
    ]
    (ordered,) = client.get("/shopping/sellers?state=ordered").get_json()["sellers"]
    assert [each["id"] for each in ordered["lines"]] == [ids[4]]
    assert client.get("/shopping/sellers?state=lost").status_code == 400


def test_line_is_ordered_and_withdrawn(client: FlaskClient, line: Line) -> None:
    lines = [line(), line()]
    ordered = client.post("/shopping/order", json={"lines": lines}).get_json()["lines"]
    assert [(each["state"], each["ordered_at"] is None) for each in ordered] == [("ordered", False)] * 2
    withdrawn = client.post("/shopping/withdraw", json={"lines": lines}).get_json()["lines"]
    assert [(each["state"], each["ordered_at"]) for each in withdrawn] == [("wanted", None)] * 2


@pytest.mark.parametrize(
    ("state", "verb"),
    [("ordered", "order"), ("received", "order"), ("wanted", "withdraw"), ("received", "withdraw")],
)
def test_lines_change_their_state_all_or_none(client: FlaskClient, line: Line, state: str, verb: str) -> None:
    good, bad = line(state="wanted" if verb == "order" else "ordered"), line(state=state)
    before = shown(client, good)
    answer = client.post(f"/shopping/{verb}", json={"lines": [good, bad]})
    assert (answer.status_code, answer.get_json()["details"]) == (409, {"line": bad, "state": state})
    assert shown(client, good) == before


@pytest.mark.parametrize("verb", ["order", "withdraw"])
@pytest.mark.parametrize(("lines", "status"), [([], 400), (["x"], 400), ([99], 404)])
def test_state_of_no_line_is_not_changed(client: FlaskClient, verb: str, lines: list[Any], status: int) -> None:
    assert client.post(f"/shopping/{verb}", json={"lines": lines}).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"quantity": 1}),
        ("DELETE", "", None),
        ("POST", "/receive", {"command_id": str(uuid4()), "quantity": 1}),
    ],
)
def test_unknown_line_is_not_found(client: FlaskClient, method: str, path: str, body: dict[str, Any] | None) -> None:
    answer = client.open(f"/shopping/9{path}", method=method, json=body)
    assert (answer.status_code, answer.get_json()["error"]) == (404, "there is no shopping line 9")


def test_line_is_changed(client: FlaskClient, line: Line) -> None:
    part, changed = new_part(), line(seller="LCSC", note="red")
    changes = {"part": part, "quantity": 3, "seller": "Mouser", "note": None}
    answer = client.patch(f"/shopping/{changed}", json=changes)
    assert {**changes, "text": None}.items() <= answer.get_json().items()
    assert answer.get_json() == shown(client, changed)


@pytest.mark.parametrize("body", [{}, {"quantity": 0}, {"part": "x"}, {"seller_link": "x"}, {"state": "received"}])
def test_wrong_change_of_a_line_is_refused(client: FlaskClient, line: Line, body: dict[str, Any]) -> None:
    assert client.patch(f"/shopping/{line()}", json=body).status_code == 400


def test_line_cannot_be_of_an_unknown_part(client: FlaskClient, line: Line) -> None:
    assert client.patch(f"/shopping/{line()}", json={"part": "ZZZZ"}).status_code == 404


def test_received_line_is_not_changed(client: FlaskClient, line: Line) -> None:
    assert client.patch(f"/shopping/{line(state='received')}", json={"note": "late"}).status_code == 409


@pytest.mark.parametrize(("state", "status"), [("wanted", 204), ("received", 204), ("ordered", 409)])
def test_line_that_is_on_its_way_is_not_removed(client: FlaskClient, line: Line, state: str, status: int) -> None:
    removed = line(state=state)
    assert client.delete(f"/shopping/{removed}").status_code == status
    assert client.get(f"/shopping/{removed}").status_code == (404 if status == 204 else 200)


def test_what_came_is_booked_into_a_slot(client: FlaskClient, line: Line) -> None:
    part = new_part()
    ordered = line(part=part, state="ordered")
    answer = receive(client, ordered, slot="1-3")
    assert (answer.status_code, lying(client, part)) == (200, {"1-3": 10})
    assert (answer.get_json()["received"], answer.get_json()["state"]) == (10, "received")
    assert answer.get_json()["changes"] == [{"slot": "1-3", "delta_qty": 10, "quantity": 10}]
    assert shown(client, ordered)["received_at"] is not None
    (booked,) = client.get(f"/parts/{part}/history").get_json()["history"]
    assert (booked["command_id"], booked["reason"]) == (
        answer.get_json()["stock_command"],
        f"shopping line {ordered}",
    )


def test_what_came_goes_where_the_part_lies(client: FlaskClient, line: Line) -> None:
    part = stocked(0, 4)
    receive(client, line(part=part, state="ordered"))
    assert lying(client, part) == {"1-2": 14}


def test_rest_may_come_later(client: FlaskClient, line: Line) -> None:
    part = new_part()
    ordered = line(part=part, state="ordered")
    states = [receive(client, ordered, quantity=quantity).get_json()["state"] for quantity in (4, 7)]
    assert (states, lying(client, part)) == (["ordered", "received"], {"1-1": 11})
    assert shown(client, ordered)["received"] == 11


def test_line_is_received_when_no_more_is_wanted(client: FlaskClient, line: Line) -> None:
    ordered = line(part=new_part(), state="ordered")
    receive(client, ordered, quantity=4)
    assert client.post("/shopping/withdraw", json={"lines": [ordered]}).status_code == 409
    assert client.patch(f"/shopping/{ordered}", json={"part": new_part()}).status_code == 409
    assert client.patch(f"/shopping/{ordered}", json={"quantity": 4}).get_json()["state"] == "received"


@pytest.mark.parametrize(("state", "way_out"), [("wanted", "order it"), ("received", "add another line")])
def test_only_what_is_ordered_is_received(client: FlaskClient, line: Line, state: str, way_out: str) -> None:
    answer = receive(client, line(state=state), new_part={})
    assert (answer.status_code, answer.get_json()["details"]) == (409, {"state": state})
    assert way_out in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"command_id": "x"}, "command_id"),
        ({"quantity": 0}, "quantity"),
        ({"slot": "1"}, "slot"),
        ({"part": "x"}, "part"),
        ({"new_part": {"manufacturer_code": "-"}}, "new_part.manufacturer_code"),
        ({"part": "ABCD", "new_part": {}}, "body"),
    ],
)
def test_wrong_receipt_is_refused(client: FlaskClient, line: Line, body: dict[str, Any], field: str) -> None:
    answer = client.post(f"/shopping/{line()}/receive", json={"command_id": str(uuid4()), "quantity": 1, **body})
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, field)


@pytest.mark.parametrize(("body", "status"), [({"slot": "9-1"}, 404), ({"slot": "1-1"}, 409)])
def test_what_cannot_be_booked_is_not_received(
    client: FlaskClient, line: Line, body: dict[str, Any], status: int
) -> None:
    stocked(5)
    ordered = line(part=new_part(), state="ordered")
    assert receive(client, ordered, **body).status_code == status
    assert (shown(client, ordered)["state"], shown(client, ordered)["received"]) == ("ordered", 0)


def test_no_part_is_made_of_what_no_slot_is_free_for(client: FlaskClient, line: Line) -> None:
    stocked(1, 1, 1, 1, 1)
    ordered = line(state="ordered")
    answer = receive(client, ordered, new_part={})
    assert (answer.status_code, "no slot is free" in answer.get_json()["error"]) == (409, True)
    assert (shown(client, ordered)["part"], len(client.get("/parts").get_json()["parts"])) == (None, 1)


@pytest.mark.parametrize("known", [True, False])
def test_what_came_of_a_retired_part_is_not_booked(client: FlaskClient, line: Line, known: bool) -> None:
    retired = new_part()
    ordered = line(state="ordered", **({"part": retired} if known else {}))
    client.post(f"/parts/{retired}/retire")
    answer = receive(client, ordered, part=retired)
    assert (answer.status_code, "restore it" in answer.get_json()["error"]) == (409, True)


def test_slot_is_shared_when_asked(client: FlaskClient, line: Line) -> None:
    stocked(5)
    assert receive(client, line(part=new_part(), state="ordered"), slot="1-1", share=True).status_code == 200


def test_part_is_made_of_a_line_without_one(client: FlaskClient, line: Line) -> None:
    ordered = line(text="Steel case", seller="LCSC", seller_link="https://lcsc.com/1", state="ordered")
    part = receive(client, ordered, new_part={"manufacturer_code": "CASE-1"}).get_json()["part"]
    made = client.get(f"/parts/{part}").get_json()
    assert (made["manufacturer_code"], made["description"], made["quantity"]) == ("CASE-1", "Steel case", 10)
    assert (made["seller"], made["seller_link"]) == ("LCSC", "https://lcsc.com/1")
    assert (shown(client, ordered)["part"], shown(client, ordered)["text"]) == (part, None)


def test_line_without_a_part_becomes_a_part(client: FlaskClient, line: Line) -> None:
    part, ordered = new_part(), line(state="ordered")
    assert receive(client, ordered, part=part.lower()).get_json()["part"] == part
    assert (shown(client, ordered)["part"], lying(client, part)) == (part, {"1-1": 10})


def test_line_without_a_part_must_become_one(client: FlaskClient, line: Line) -> None:
    answer = receive(client, line(state="ordered"))
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (409, "part")


def test_line_must_not_become_an_unknown_part(client: FlaskClient, line: Line) -> None:
    assert receive(client, line(state="ordered"), part="ZZZZ").status_code == 404


@pytest.mark.parametrize("other", [True, False])
def test_line_of_a_part_does_not_become_another(client: FlaskClient, line: Line, other: bool) -> None:
    ordered = line(part=new_part(), state="ordered")
    body: dict[str, Any] = {"part": new_part()} if other else {"new_part": {}}
    assert receive(client, ordered, **body).status_code == 409


def test_receipt_again_answers_the_same_and_books_nothing(client: FlaskClient, line: Line) -> None:
    ordered, command_id = line(state="ordered"), uuid4()
    first = receive(client, ordered, command_id, quantity=4, new_part={})
    receive(client, ordered, quantity=6)
    again = receive(client, ordered, command_id, quantity=4, new_part={})
    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert lying(client, first.get_json()["part"]) == {"1-1": 10}
    assert len(client.get("/parts").get_json()["parts"]) == 1


def test_command_id_is_for_one_receipt_only(client: FlaskClient, line: Line) -> None:
    part, command_id = new_part(), uuid4()
    first, second = (line(part=part, state="ordered") for _ in range(2))
    receive(client, first, command_id)
    answers = [receive(client, first, command_id, quantity=1), receive(client, second, command_id)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert lying(client, part) == {"1-1": 10}


def test_shortage_of_a_project_gets_on_the_list_once(client: FlaskClient) -> None:
    few = stocked(5)
    project = new_project(client, "Amplifier", 2, **{few: 4, stocked(0, 9): 1}, _Case=1)
    assert shortage(client, project) == [(few, 3), ("Case", 2)]
    assert shortage(client, project) == []
    assert [each["coming"] for each in coverage(client, project)] == [3, 0, 2]


def test_more_shortage_adds_to_what_is_wanted(client: FlaskClient) -> None:
    project = new_project(client, _Case=1)
    shortage(client, project)
    assert shortage(client, project, builds=3) == [("Case", 3)]
    assert len(client.get("/shopping").get_json()["lines"]) == 1


def test_what_is_ordered_is_not_bought_again(client: FlaskClient) -> None:
    part = new_part()
    project = new_project(client, **{part: 4})
    shortage(client, project)
    (line,) = client.get("/shopping").get_json()["lines"]
    client.post("/shopping/order", json={"lines": [line["id"]]})
    assert shortage(client, project) == []
    assert shortage(client, project, builds=2) == [(part, 4)]
    receive(client, line["id"], quantity=3)
    assert shortage(client, project, builds=2) == []


def test_what_another_project_buys_does_not_count(client: FlaskClient) -> None:
    part = new_part()
    projects = [new_project(client, name, **{part: 4}) for name in ("a", "b")]
    assert [shortage(client, project) for project in projects] == [[(part, 4)], [(part, 4)]]


@pytest.mark.parametrize("many", [2, 20])
def test_shortage_and_order_take_few_statements(client: FlaskClient, many: int) -> None:
    project = new_project(client, **{new_part(): 1 for _ in range(many)})
    for builds in (1, 2):
        with statements(get_engine()) as sent:
            lines = client.post(f"/projects/{project}/shortage", json={"builds": builds}).get_json()["lines"]
        assert (len(lines), len(sent) <= 13) == (many, True)
    with statements(get_engine()) as sent:
        client.post("/shopping/order", json={"lines": [line["id"] for line in lines]})
    assert len(sent) <= 4


def test_archived_project_buys_nothing(client: FlaskClient) -> None:
    project = new_project(client, _Case=1)
    client.patch(f"/projects/{project}", json={"state": "archived"})
    assert client.post(f"/projects/{project}/shortage", json={}).status_code == 409


@pytest.mark.parametrize("body", [{"builds": 0}, {"builds": 1001}, {"colour": "red"}])
def test_wrong_shortage_is_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post(f"/projects/{new_project(client)}/shortage", json=body).status_code == 400


@pytest.mark.parametrize("way", ["receive", "change"])
def test_placeholder_becomes_what_its_line_becomes(client: FlaskClient, way: str) -> None:
    part, project = new_part(), new_project(client, _Case=5)
    shortage(client, project)
    (line,) = client.get("/shopping").get_json()["lines"]
    client.post("/shopping/order", json={"lines": [line["id"]]})
    if way == "receive":
        receive(client, line["id"], quantity=5, part=part)
    else:
        client.patch(f"/shopping/{line['id']}", json={"part": part})
    assert [each["part"] for each in coverage(client, project)] == [part]
    assert shortage(client, project) == []


@pytest.mark.parametrize("changes", [{"placeholder": "Steel case"}, {"part": None}])
def test_lines_follow_the_placeholder_of_their_project(client: FlaskClient, changes: dict[str, Any]) -> None:
    part, project = new_part(), new_project(client, _Case=5)
    shortage(client, project)
    (need,) = client.get(f"/projects/{project}").get_json()["requirements"]
    client.patch(need["links"]["self"], json={key: value or part for key, value in changes.items()})
    (line,) = client.get("/shopping").get_json()["lines"]
    assert (line["text"] or line["part"]) in ("Steel case", part)
    assert shortage(client, project) == []
