"""Projects: what they are, what they need and what there is of it."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from models.session import get_engine
from tests.support.project_rows import coverage, new_project, stocked
from tests.support.rows import new_box, new_part
from tests.support.statements import statements


def lines(client: FlaskClient, project: int) -> list[tuple[str, int]]:
    needs = client.get(f"/projects/{project}").get_json()["requirements"]
    return [(each["part"] or each["placeholder"], each["quantity"]) for each in needs]


def line_id(client: FlaskClient, project: int, name: str) -> int:
    needs = client.get(f"/projects/{project}").get_json()["requirements"]
    return int(next(each["id"] for each in needs if name in (each["part"], each["placeholder"])))


def test_project_is_made_and_shown(client: FlaskClient) -> None:
    answer = client.post("/projects", json={"name": " Amplifier ", "description": "class A", "builds": 3})
    shown = client.get(answer.headers["Location"])
    assert (answer.status_code, shown.get_json()) == (201, answer.get_json())
    assert {"name": "Amplifier", "description": "class A", "builds": 3, "state": "active"}.items() <= (
        shown.get_json().items()
    )


def test_project_is_made_once_for_a_key(client: FlaskClient) -> None:
    first, again = (
        client.post("/projects", json={"name": "Amplifier"}, headers={"Idempotency-Key": "a"}) for _ in range(2)
    )
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = client.post("/projects", json={"name": "Radio"}, headers={"Idempotency-Key": "a"})
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a", "builds": -1}, "builds"),
        ({"name": "a", "builds": 1001}, "builds"),
        ({"name": "a", "colour": "red"}, "colour"),
    ],
)
def test_wrong_project_is_refused(client: FlaskClient, body: dict[str, object], field: str) -> None:
    answer = client.post("/projects", json=body)
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, field)


def test_project_of_the_same_name_is_a_conflict(client: FlaskClient) -> None:
    project = new_project(client)
    answer = client.post("/projects", json={"name": "AMPLIFIER"})
    assert (answer.status_code, answer.get_json()["details"]) == (409, {"name": "Amplifier", "id": project})


def test_projects_are_listed_page_by_page(client: FlaskClient) -> None:
    ids = [new_project(client, name) for name in ("a", "b", "c")]
    client.patch(f"/projects/{ids[0]}", json={"state": "archived"})
    first = client.get("/projects?limit=2").get_json()
    rest = client.get(f"/projects?after={first['next']}").get_json()
    assert [each["id"] for each in first["projects"] + rest["projects"]] == ids
    assert rest["next"] is None
    assert [each["id"] for each in client.get("/projects?state=active").get_json()["projects"]] == ids[1:]


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "limit=101", "after=x", "colour=red"])
def test_wrong_list_of_projects_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/projects?{query}").status_code == 400


def test_project_is_changed_by_who_saw_it_last(client: FlaskClient) -> None:
    project = new_project(client)
    seen = client.get(f"/projects/{project}").headers["ETag"]
    changes = {"name": "AMPLIFIER", "description": "class A", "builds": 0, "state": "archived"}
    changed = client.patch(f"/projects/{project}", json=changes, headers={"If-Match": seen})
    assert changes.items() <= changed.get_json().items()
    late = client.patch(f"/projects/{project}", json={"builds": 9}, headers={"If-Match": seen})
    assert late.status_code == 412
    assert client.get(f"/projects/{project}", headers={"If-None-Match": changed.headers["ETag"]}).status_code == 304


def test_null_clears_only_the_description(client: FlaskClient) -> None:
    project = new_project(client)
    client.patch(f"/projects/{project}", json={"description": "class A"})
    cleared = client.patch(f"/projects/{project}", json={"name": None, "description": None, "builds": None})
    assert {"name": "Amplifier", "description": None, "builds": 1}.items() <= cleared.get_json().items()


@pytest.mark.parametrize("body", [{}, {"state": "lost"}, {"name": ""}, {"builds": "many"}])
def test_wrong_change_of_a_project_is_refused(client: FlaskClient, body: dict[str, object]) -> None:
    assert client.patch(f"/projects/{new_project(client)}", json=body).status_code == 400


def test_project_cannot_take_anothers_name(client: FlaskClient) -> None:
    projects = [new_project(client, name) for name in ("a", "b")]
    assert client.patch(f"/projects/{projects[1]}", json={"name": "A"}).status_code == 409


def test_deleted_project_leaves_the_shopping_list(client: FlaskClient) -> None:
    project = new_project(client, _Case=1)
    (line,) = client.post(f"/projects/{project}/shortage", json={}).get_json()["lines"]
    assert client.delete(f"/projects/{project}").status_code == 204
    assert client.get(f"/projects/{project}").status_code == 404
    assert client.get(line["links"]["self"]).get_json()["project"] is None


def test_project_that_was_built_is_not_deleted(client: FlaskClient) -> None:
    new_box()
    project = new_project(client, **{stocked(5): 1})
    client.post(f"/projects/{project}/builds", json={"command_id": str(uuid4())})
    answer = client.delete(f"/projects/{project}")
    assert answer.status_code == 409
    assert "archive it instead" in answer.get_json()["error"]


UNKNOWN: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "", None),
    ("PATCH", "", {"builds": 1}),
    ("DELETE", "", None),
    ("POST", "/requirements", {"requirements": [{"placeholder": "Case", "quantity": 1}]}),
    ("GET", "/requirements/1", None),
    ("PATCH", "/requirements/1", {"quantity": 1}),
    ("DELETE", "/requirements/1", None),
    ("GET", "/coverage", None),
    ("GET", "/pick-list", None),
    ("GET", "/pick-list.html", None),
    ("GET", "/builds", None),
    ("POST", "/builds", {"command_id": str(uuid4())}),
    ("POST", "/shortage", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), UNKNOWN)
@pytest.mark.parametrize("project", [7, 10**17])
def test_unknown_project_is_not_found(
    client: FlaskClient, method: str, path: str, body: dict[str, Any] | None, project: int
) -> None:
    assert client.open(f"/projects/{project}{path}", method=method, json=body).status_code == 404


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"quantity": 1}), ("DELETE", None)])
def test_line_of_another_project_is_not_found(client: FlaskClient, method: str, body: dict[str, Any] | None) -> None:
    project, other = new_project(client, "a", _Case=1), new_project(client, "b")
    path = f"/projects/{other}/requirements/{line_id(client, project, 'Case')}"
    assert client.open(path, method=method, json=body).status_code == 404


def test_lines_are_added_all_or_none(client: FlaskClient) -> None:
    part, project = new_part("NE555P"), new_project(client)
    good = {"part": part.lower(), "quantity": 2, "designators": "IC1, IC2", "note": "any maker"}
    path = f"/projects/{project}/requirements"
    refused = client.post(path, json={"requirements": [good, {"part": "ZZZZ", "quantity": 1}]})
    assert (refused.status_code, lines(client, project)) == (404, [])
    added = client.post(path, json={"requirements": [good, {"placeholder": "Case", "quantity": 1}]})
    assert added.status_code == 201
    first, _ = added.get_json()["requirements"]
    assert {**good, "part": part, "manufacturer_code": "NE555P"}.items() <= first.items()
    assert client.get(first["links"]["self"]).get_json() == first
    assert lines(client, project) == [(part, 2), ("Case", 1)]


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"quantity": 1},
        {"placeholder": "Case"},
        {"placeholder": "Case", "quantity": 0},
        {"placeholder": "Case", "quantity": 10**6 + 1},
        {"placeholder": " ", "quantity": 1},
        {"part": "NOPART", "quantity": 1},
        {"part": "ABCD", "placeholder": "Case", "quantity": 1},
        {"placeholder": "Case", "quantity": 1, "designators": "x" * 2001},
    ],
)
def test_wrong_line_is_refused(client: FlaskClient, line: dict[str, object]) -> None:
    project = new_project(client)
    answer = client.post(f"/projects/{project}/requirements", json={"requirements": [line]})
    assert (answer.status_code, lines(client, project)) == (400, [])


@pytest.mark.parametrize("name", ["Case", "CASE"])
def test_project_has_one_line_for_a_placeholder(client: FlaskClient, name: str) -> None:
    project, path = new_project(client, _Case=1), "/projects/1/requirements"
    again = {"placeholder": name, "quantity": 1}
    assert client.post(path, json={"requirements": [again]}).status_code == 409
    twice = {"requirements": [{"placeholder": "Knob", "quantity": 1}, {"placeholder": "KNOB", "quantity": 2}]}
    assert client.post(path, json=twice).status_code == 400
    assert lines(client, project) == [("Case", 1)]


def test_project_has_one_line_for_a_part(client: FlaskClient) -> None:
    part = new_part()
    new_project(client, **{part: 1})
    again = {"requirements": [{"part": part, "quantity": 1}]}
    answer = client.post("/projects/1/requirements", json=again)
    assert (answer.status_code, answer.get_json()["details"]) == (409, {"name": part})


def test_project_has_only_so_many_lines(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.project.requirement.MAX_LINES", 2)
    project, more = new_project(client, _Case=1), [{"placeholder": name, "quantity": 1} for name in ("Knob", "Dial")]
    answer = client.post(f"/projects/{project}/requirements", json={"requirements": more})
    assert (answer.status_code, answer.get_json()["details"]) == (409, {"lines": 1, "limit": 2})
    assert lines(client, project) == [("Case", 1)]


def test_line_is_changed_and_removed(client: FlaskClient) -> None:
    project = new_project(client, _Case=1)
    path = f"/projects/{project}/requirements/{line_id(client, project, 'Case')}"
    changes = {"placeholder": "Steel case", "quantity": 2, "designators": "M1", "note": None}
    changed = client.patch(path, json=changes)
    assert changes.items() <= changed.get_json().items()
    assert (client.delete(path).status_code, lines(client, project)) == (204, [])


@pytest.mark.parametrize(
    "body", [{}, {"quantity": 0}, {"part": "x"}, {"part": "ABCD", "placeholder": "Case"}, {"placeholder": ""}]
)
def test_wrong_change_of_a_line_is_refused(client: FlaskClient, body: dict[str, object]) -> None:
    project = new_project(client, _Case=1)
    path = f"/projects/{project}/requirements/{line_id(client, project, 'Case')}"
    assert client.patch(path, json=body).status_code == 400


def test_placeholder_cannot_take_anothers_name(client: FlaskClient) -> None:
    project = new_project(client, _Case=1, _Knob=1)
    path = f"/projects/{project}/requirements/{line_id(client, project, 'Knob')}"
    assert client.patch(path, json={"placeholder": "case"}).status_code == 409


def test_part_is_no_placeholder_any_more(client: FlaskClient) -> None:
    part = new_part()
    project = new_project(client, **{part: 1})
    path = f"/projects/{project}/requirements/{line_id(client, project, part)}"
    assert client.patch(path, json={"placeholder": "Case"}).status_code == 409


def test_placeholder_becomes_a_part(client: FlaskClient) -> None:
    part, project = new_part(), new_project(client, _Case=2)
    path = f"/projects/{project}/requirements/{line_id(client, project, 'Case')}"
    changed = client.patch(path, json={"part": part}).get_json()
    assert (changed["part"], changed["placeholder"], changed["quantity"]) == (part, None, 2)


def test_placeholder_that_becomes_a_part_of_the_project_is_added_up(client: FlaskClient) -> None:
    part = new_part()
    project = new_project(client, **{part: 3}, _Chip=2)
    for name, designators in ((part, "R1"), ("Chip", "R2")):
        path = f"/projects/{project}/requirements/{line_id(client, project, name)}"
        client.patch(path, json={"designators": designators})
    changed = client.patch(path, json={"part": part}).get_json()
    assert (changed["quantity"], changed["designators"]) == (5, "R1, R2")
    assert lines(client, project) == [(part, 5)]


def test_unknown_part_takes_no_placeholders_place(client: FlaskClient) -> None:
    project = new_project(client, _Case=2)
    path = f"/projects/{project}/requirements/{line_id(client, project, 'Case')}"
    assert client.patch(path, json={"part": "ZZZZ"}).status_code == 404


def test_coverage_says_what_is_enough(client: FlaskClient) -> None:
    new_box()
    plenty, few = stocked(10, 20), stocked(0, 0, 5)
    project = new_project(client, **{plenty: 10, few: 3}, _Case=1)
    shown = client.get(f"/projects/{project}/coverage?builds=2").get_json()
    told = [(each["state"], each["needed"], each["available"], each["short"]) for each in shown["lines"]]
    assert told == [("enough", 20, 30, 0), ("short", 6, 5, 1), ("not_in_inventory", 2, 0, 2)]
    assert (shown["builds"], shown["possible"]) == (2, 0)


def test_coverage_says_how_many_builds_are_possible(client: FlaskClient) -> None:
    new_box()
    project = new_project(client, "Amplifier", 5, **{stocked(10): 3, stocked(0, 100): 2})
    shown = client.get(f"/projects/{project}/coverage").get_json()
    assert (shown["builds"], shown["possible"]) == (5, 3)


@pytest.mark.parametrize(
    ("state", "builds", "reserved"), [("active", 3, 6), ("active", 1, 2), ("active", 0, 0), ("archived", 3, 0)]
)
def test_other_active_projects_reserve_what_they_plan(
    client: FlaskClient, state: str, builds: int, reserved: int
) -> None:
    new_box()
    part = stocked(10)
    project, other = new_project(client, "Amplifier", 9, **{part: 8}), new_project(client, "Radio", builds, **{part: 2})
    client.patch(f"/projects/{other}", json={"state": state})
    (line,) = coverage(client, project, builds=1)
    assert (line["on_hand"], line["reserved"], line["available"]) == (10, reserved, 10 - reserved)
    assert line["short"] == max(0, 8 - (10 - reserved))


def test_more_can_be_reserved_than_there_is(client: FlaskClient) -> None:
    new_box()
    part = stocked(10)
    project = new_project(client, **{part: 8})
    new_project(client, "Radio", 1000, **{part: 10**6})
    (line,) = coverage(client, project)
    assert (line["reserved"], line["available"], line["short"]) == (10**9, 0, 8)


@pytest.mark.parametrize("path", ["coverage", "pick-list", "pick-list.html"])
@pytest.mark.parametrize("query", ["builds=0", "builds=1001", "builds=x", "colour=red"])
def test_wrong_number_of_builds_is_refused(client: FlaskClient, path: str, query: str) -> None:
    assert client.get(f"/projects/{new_project(client)}/{path}?{query}").status_code == 400


@pytest.mark.parametrize("parts", [2, 20])
def test_coverage_and_pick_list_take_few_statements(client: FlaskClient, parts: int) -> None:
    new_box()
    project = new_project(client, **{stocked(1): 1 for _ in range(parts)}, _Case=1)
    new_project(client, "Radio", **{stocked(1): 1 for _ in range(parts)})
    with statements(get_engine()) as sent:
        coverage(client, project)
    assert len(sent) == 5
    with statements(get_engine()) as sent:
        client.get(f"/projects/{project}/pick-list")
    assert len(sent) == 7


@pytest.mark.parametrize("keeps", ["source", "target"])
def test_merged_parts_are_added_up_in_each_project(client: FlaskClient, keeps: str) -> None:
    source, target = new_part(), new_part()
    both = new_project(client, "both", **{source: 2, target: 3})
    one = new_project(client, "one", **{source if keeps == "source" else target: 4})
    for name, designators in ((source, "R2"), (target, "R1")):
        path = f"/projects/{both}/requirements/{line_id(client, both, name)}"
        client.patch(path, json={"designators": designators})
    client.post("/shopping", json={"part": source, "quantity": 7, "project": both})
    client.post(f"/parts/{source}/merge", json={"into": target, "command_id": str(uuid4())})
    assert (lines(client, both), lines(client, one)) == ([(target, 5)], [(target, 4)])
    (line,) = client.get(f"/projects/{both}").get_json()["requirements"]
    assert (line["designators"], line["note"]) == ("R1, R2", None)
    assert [each["coming"] for each in coverage(client, both)] == [7]
