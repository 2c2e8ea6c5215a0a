"""What two parts or lines have together must be what one can have; otherwise a person is told how to go on."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from schemas.suggestion import SuggestionField
from tests.support.project_rows import new_project
from tests.support.rows import new_part, new_suggestion

MANY = [f"tag-{number}" for number in range(50)]


def merge(client: FlaskClient, part: str, into: str) -> TestResponse:
    return client.post(f"/parts/{part}/merge", json={"into": into, "command_id": str(uuid4())})


def lines(client: FlaskClient, project: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/projects/{project}").get_json()["requirements"]
    return found


def test_parts_with_too_many_tags_together_are_not_merged(client: FlaskClient) -> None:
    one, other = new_part(), new_part()
    client.patch(f"/parts/{one}", json={"tags": MANY})
    client.patch(f"/parts/{other}", json={"tags": [*MANY[:49], "one-more"]})
    answer = merge(client, one, other)
    assert answer.status_code == 409
    assert "would have 51 tags" in answer.get_json()["error"]
    client.patch(f"/parts/{other}", json={"tags": MANY[:20]})
    assert merge(client, one, other).status_code == 200


def test_suggested_tags_that_are_too_many_are_not_accepted(client: FlaskClient) -> None:
    part = new_part()
    client.patch(f"/parts/{part}", json={"tags": MANY})
    suggestion = new_suggestion(part, SuggestionField.TAGS, ["one-more"])
    assert client.post(f"/suggestions/{suggestion}/accept").status_code == 409
    client.patch(f"/parts/{part}", json={"tags": MANY[1:]})
    assert client.post(f"/suggestions/{suggestion}/accept").status_code == 200


TOO_MUCH = [
    ({"quantity": 1_000_000}, {"quantity": 1}, "quantity"),
    ({"designators": "R" * 1500}, {"designators": "C" * 499}, "designators"),
    ({"note": "n" * 1500}, {"note": "m" * 499}, "note"),
]


@pytest.mark.parametrize("how", ["merge", "patch"])
@pytest.mark.parametrize(("one_line", "other_line", "field"), TOO_MUCH, ids=["quantity", "designators", "note"])
def test_lines_that_are_too_much_together_are_not_joined(
    client: FlaskClient, one_line: dict[str, Any], other_line: dict[str, Any], field: str, how: str
) -> None:
    one, other = new_part(), new_part()
    project = new_project(client, **{one: 1, other: 1})
    first, second = (line["links"]["self"] for line in lines(client, project))
    client.patch(first, json=one_line)
    client.patch(second, json=other_line)
    answer = merge(client, one, other) if how == "merge" else client.patch(first, json={"part": other})
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (409, field)
    assert len(lines(client, project)) == 2


def test_lines_are_added_up_to_the_limit(client: FlaskClient) -> None:
    one, other = new_part(), new_part()
    project = new_project(client, **{one: 999_999, other: 1})
    first, second = (line["links"]["self"] for line in lines(client, project))
    client.patch(first, json={"designators": "R" * 1000, "note": "one"})
    client.patch(second, json={"designators": "C" * 998, "note": "other"})
    assert merge(client, one, other).status_code == 200
    (line,) = lines(client, project)
    assert (line["part"], line["quantity"], line["note"]) == (other, 1_000_000, "other; one")
    assert line["designators"] == "C" * 998 + ", " + "R" * 1000
