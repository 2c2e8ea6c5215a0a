"""From a project to its parts: pick lists and builds."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from benchmarks.stock_invariants import broken
from tests.support.project_rows import coverage, lying, new_project, stocked
from tests.support.rows import new_box, new_part, put_stock


@pytest.fixture(autouse=True)
def boxes(database: str) -> None:
    """Boxes 1 and 2."""
    assert (new_box(5), new_box(5)) == (1, 2)


def build(client: FlaskClient, project: int, command_id: UUID | None = None, **body: Any) -> TestResponse:
    return client.post(f"/projects/{project}/builds", json={"command_id": str(command_id or uuid4()), **body})


def picked(client: FlaskClient, project: int, **query: Any) -> list[tuple[str, str, int, int]]:
    shown = client.get(f"/projects/{project}/pick-list", query_string=query).get_json()
    picks = [pick for box in shown["boxes"] for pick in box["picks"]]
    return [(pick["slot"], pick["part"], pick["quantity"], pick["left"]) for pick in picks]


def planned(client: FlaskClient, project: int) -> int:
    return int(client.get(f"/projects/{project}").get_json()["builds"])


def test_pick_list_goes_box_by_box(client: FlaskClient) -> None:
    first, second = stocked(4, 9), stocked(5, box_no=2)
    put_stock(second, 1, 3, 2, uuid4())
    project = new_project(client, **{second: 6, first: 9})
    assert picked(client, project) == [
        ("1-2", first, 9, 0),
        ("1-3", second, 1, 1),
        ("2-1", second, 5, 0),
    ]
    shown = client.get(f"/projects/{project}/pick-list").get_json()
    assert [(box["box_no"], box["description"]) for box in shown["boxes"]] == [(1, "a box"), (2, "a box")]


def test_pick_list_names_what_is_short(client: FlaskClient) -> None:
    part = stocked(4)
    project = new_project(client, **{part: 3}, _Case=1)
    shown = client.get(f"/projects/{project}/pick-list?builds=2").get_json()
    assert picked(client, project, builds=2) == [("1-1", part, 4, 0)]
    assert [(each["part"] or each["placeholder"], each["short"]) for each in shown["short"]] == [(part, 2), ("Case", 2)]


def test_pick_list_leaves_what_is_reserved_unless_asked(client: FlaskClient) -> None:
    part = stocked(10)
    project = new_project(client, **{part: 8})
    new_project(client, "Radio", 3, **{part: 2})
    assert picked(client, project) == [("1-1", part, 4, 6)]
    assert picked(client, project, use_reserved=True) == [("1-1", part, 8, 2)]


def test_page_to_print_says_what_the_list_says(client: FlaskClient) -> None:
    part = stocked(4)
    project = new_project(client, "<b>Amp & Co</b>", **{part: 3}, **{"_<script>alert(1)</script>": 1})
    page = client.get(f"/projects/{project}/pick-list.html")
    assert page.mimetype == "text/html"
    assert all(
        each in page.text for each in ("&lt;b&gt;Amp &amp; Co&lt;/b&gt;", "Box 1", "1-1", part, "a box", "Short")
    )
    assert "<script" not in page.text
    assert "<b>" not in page.text


def test_page_to_print_runs_nothing(client: FlaskClient) -> None:
    page = client.get(f"/projects/{new_project(client)}/pick-list.html")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.search(r"\b(style|on\w+|src|href)=", page.text)
    assert "nothing to pick" in page.text


def test_build_takes_what_the_pick_list_says(client: FlaskClient) -> None:
    first, second = stocked(4, 9), stocked(0, 0, 5)
    project = new_project(client, "Amplifier", 3, **{first: 4, second: 1})
    answer = build(client, project, builds=2)
    assert answer.status_code == 200
    assert (lying(client, first), lying(client, second)) == ({"1-1": 4, "1-2": 1}, {"1-3": 3})
    assert planned(client, project) == 1
    taken = {each["part"]: (each["quantity"], each["changes"]) for each in answer.get_json()["parts"]}
    assert taken[first] == (8, [{"slot": "1-2", "delta_qty": -8, "quantity": 1}])
    assert client.get(f"/projects/{project}/builds").get_json()["builds"] == [answer.get_json()]


def test_build_takes_from_several_slots(client: FlaskClient, engine: Engine) -> None:
    part = stocked(4, 5, 2)
    project = new_project(client, **{part: 10})
    build(client, project)
    assert lying(client, part) == {"1-3": 1}
    with engine.connect() as connection:
        assert not any(broken(connection).values())


def test_build_is_named_in_the_history(client: FlaskClient) -> None:
    part = stocked(4)
    (built,) = build(client, new_project(client, **{part: 1})).get_json()["parts"]
    last, _ = client.get(f"/parts/{part}/history").get_json()["history"]
    assert (last["kind"], last["reason"], last["command_id"]) == (
        "build",
        "build of 1 × Amplifier",
        built["stock_command"],
    )


def test_what_a_build_took_can_be_put_back(client: FlaskClient) -> None:
    part = stocked(4, 5)
    (built,) = build(client, new_project(client, **{part: 9})).get_json()["parts"]
    assert lying(client, part) == {}
    undo = {"command_id": str(uuid4()), "undoes": built["stock_command"]}
    assert client.post(f"/parts/{part}/stock/undo", json=undo).status_code == 200
    assert lying(client, part) == {"1-1": 4, "1-2": 5}


def test_more_builds_than_planned_leave_none_planned(client: FlaskClient) -> None:
    project = new_project(client, **{stocked(9): 2})
    assert build(client, project, builds=4).status_code == 200
    assert planned(client, project) == 0


def test_build_takes_from_the_chosen_slots(client: FlaskClient) -> None:
    chosen, other = stocked(4, 9), stocked(0, 0, 5, 1)
    project = new_project(client, **{chosen: 3, other: 1})
    take = [{"part": chosen.lower(), "slot": slot, "quantity": many} for slot, many in (("1-1", 1), ("1-2", 2))]
    assert build(client, project, take=take).status_code == 200
    assert (lying(client, chosen), lying(client, other)) == ({"1-1": 3, "1-2": 7}, {"1-3": 5})


@pytest.mark.parametrize(
    ("take", "wrong"),
    [
        ([("1-1", 5)], [{"slot": "1-1", "quantity": 4}]),
        ([("1-1", 4), ("1-5", 1)], [{"slot": "1-5", "quantity": 0}]),
        ([("1-1", 4)], [{"needed": 5}]),
        ([("1-1", 6), ("1-2", 10)], [{"slot": "1-1"}, {"slot": "1-2"}, {"needed": 5}]),
    ],
)
def test_chosen_slots_must_hold_what_is_needed(
    client: FlaskClient, take: list[tuple[str, int]], wrong: list[dict[str, Any]]
) -> None:
    part = stocked(4, 9)
    project = new_project(client, **{part: 5})
    chosen = [{"part": part, "slot": slot, "quantity": many} for slot, many in take]
    answer = build(client, project, take=chosen)
    named = answer.get_json()["details"]["slots"]
    assert (answer.status_code, len(named)) == (409, len(wrong))
    assert all(expected.items() <= each.items() for expected, each in zip(wrong, named, strict=True))
    assert lying(client, part) == {"1-1": 4, "1-2": 9}


def test_nothing_is_taken_of_a_part_the_project_does_not_need(client: FlaskClient) -> None:
    needed, other = stocked(4), stocked(0, 9)
    project = new_project(client, **{needed: 1})
    answer = build(client, project, take=[{"part": other, "slot": "1-2", "quantity": 1}])
    assert answer.status_code == 409
    assert f"needs 0 of {other}" in answer.get_json()["error"]


def test_chosen_part_must_exist(client: FlaskClient) -> None:
    project = new_project(client, **{stocked(4): 1})
    assert build(client, project, take=[{"part": "ZZZZ", "slot": "1-2", "quantity": 1}]).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"command_id": "x"}, "command_id"),
        ({"builds": 0}, "builds"),
        ({"builds": 1001}, "builds"),
        ({"take": [{"part": "ABCD", "slot": "1", "quantity": 1}]}, "take.0.slot"),
        ({"take": [{"part": "ABCD", "slot": "1-1", "quantity": 0}]}, "take.0.quantity"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_build_is_refused(client: FlaskClient, body: dict[str, Any], field: str) -> None:
    project = new_project(client)
    answer = client.post(f"/projects/{project}/builds", json={"command_id": str(uuid4()), **body})
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, field)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "colour=red"])
def test_wrong_list_of_builds_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/projects/{new_project(client)}/builds?{query}").status_code == 400


def test_newest_builds_are_listed_first(client: FlaskClient) -> None:
    project = new_project(client, **{stocked(9): 1})
    ids = [build(client, project).get_json()["command_id"] for _ in range(3)]
    listed = client.get(f"/projects/{project}/builds?limit=2").get_json()["builds"]
    assert [each["command_id"] for each in listed] == [ids[2], ids[1]]


def test_slot_is_chosen_once_for_a_part(client: FlaskClient) -> None:
    part = stocked(4)
    twice = [{"part": part, "slot": "1-1", "quantity": 1}] * 2
    assert build(client, new_project(client, **{part: 2}), take=twice).status_code == 400


def test_short_build_takes_nothing_and_names_all(client: FlaskClient) -> None:
    plenty, few, none = stocked(9), stocked(0, 1), new_part()
    project = new_project(client, **{plenty: 1, few: 2, none: 1}, _Case=1)
    answer = build(client, project, builds=2)
    short = [(each["part"] or each["placeholder"], each["short"]) for each in answer.get_json()["details"]["shortages"]]
    assert (answer.status_code, short) == (409, [(few, 3), (none, 2), ("Case", 2)])
    assert (lying(client, plenty), planned(client, project)) == ({"1-1": 9}, 1)


def test_placeholders_are_left_out_when_asked(client: FlaskClient) -> None:
    part = stocked(9)
    assert build(client, new_project(client, **{part: 2}, _Case=1), ignore_placeholders=True).status_code == 200
    assert lying(client, part) == {"1-1": 7}


def test_build_leaves_what_is_reserved_unless_asked(client: FlaskClient) -> None:
    part = stocked(10)
    project = new_project(client, **{part: 8})
    new_project(client, "Radio", 3, **{part: 2})
    answer = build(client, project)
    assert (answer.status_code, answer.get_json()["details"]["shortages"][0]["reserved"]) == (409, 6)
    assert build(client, project, use_reserved=True).status_code == 200
    assert lying(client, part) == {"1-1": 2}


def test_archived_project_is_not_built(client: FlaskClient) -> None:
    project = new_project(client, **{stocked(9): 2})
    client.patch(f"/projects/{project}", json={"state": "archived"})
    answer = build(client, project)
    assert (answer.status_code, answer.get_json()["details"]) == (409, {"state": "archived"})


def test_project_that_needs_nothing_is_not_built(client: FlaskClient) -> None:
    assert build(client, new_project(client)).status_code == 409


def test_build_again_answers_the_same_and_takes_nothing(client: FlaskClient) -> None:
    part, command_id = stocked(9), uuid4()
    project = new_project(client, "Amplifier", 5, **{part: 2})
    first = build(client, project, command_id)
    put_stock(part, 1, 2, 3, uuid4())
    client.patch(f"/projects/{project}", json={"state": "archived"})
    again = build(client, project, command_id)
    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert (lying(client, part), planned(client, project)) == ({"1-1": 7, "1-2": 3}, 4)


def test_command_id_is_for_one_build_only(client: FlaskClient) -> None:
    part, command_id = stocked(9), uuid4()
    project, other = new_project(client, **{part: 2}), new_project(client, "Radio", **{part: 2})
    build(client, project, command_id)
    for answer in (build(client, project, command_id, builds=2), build(client, other, command_id)):
        assert (answer.status_code, answer.get_json()["details"]["field"]) == (422, "command_id")
    assert lying(client, part) == {"1-1": 7}


def test_build_of_a_merged_part_takes_the_other(client: FlaskClient) -> None:
    source, target = stocked(4), stocked(0, 3)
    project = new_project(client, **{source: 5})
    client.post(f"/parts/{source}/merge", json={"into": target, "command_id": str(uuid4())})
    assert build(client, project).status_code == 200
    assert lying(client, target) == {"1-2": 2}


def test_what_was_built_is_not_reserved_any_more(client: FlaskClient) -> None:
    part = stocked(10)
    project, other = new_project(client, "Amplifier", 2, **{part: 2}), new_project(client, "Radio", **{part: 1})
    assert coverage(client, other)[0]["reserved"] == 4
    build(client, project)
    assert (coverage(client, other)[0]["reserved"], coverage(client, other)[0]["available"]) == (2, 6)
