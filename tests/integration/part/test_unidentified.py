"""Parts of which nothing is known are listed, retired at once, and at last by themselves; never deleted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.session import session_scope
from schemas.suggestion import SuggestionField
from services.document import DocumentService
from services.part import PartRetirementService
from tasks.retention import forget
from tests.support.rows import JPEG, new_box, new_part, new_suggestion, post_photos, put_stock


def photographed(client: FlaskClient, content: bytes = JPEG) -> str:
    """Hand in a photo whose run is cancelled at once."""
    (run,) = post_photos(client, (content, "a.jpg")).get_json()["runs"]
    assert client.post(f"/pipelines/runs/{run['id']}/cancel").get_json()["state"] == "cancelled"
    part: str = run["part"]
    return part


def age(part: str, days: float) -> None:
    """Make everything about a part as old as this."""
    before = datetime.now(UTC) - timedelta(days=days)
    with session_scope() as session:
        for change in (
            "UPDATE parts SET created_at = :at, updated_at = :at WHERE id4 = :part",
            "UPDATE pipeline_runs SET finished_at = :at WHERE part_id4 = :part AND finished_at IS NOT NULL",
            "UPDATE suggestions SET created_at = :at WHERE part_id4 = :part",
        ):
            session.execute(text(change), {"at": before, "part": part})


def unidentified(client: FlaskClient, **query: Any) -> list[str]:
    page = client.get("/parts", query_string={"filter": "unidentified", **query}).get_json()
    return [part["id4"] for part in page["parts"]]


def retire_old(days: float = 30) -> int:
    with session_scope() as session:
        return PartRetirementService.retire_old(session, days=days)


def is_retired(client: FlaskClient, part: str) -> bool:
    return client.get(f"/parts/{part}").get_json()["retired_at"] is not None


def _stock(client: FlaskClient, part: str) -> None:
    put_stock(part, new_box(), 1, 5, uuid4())


def _link(client: FlaskClient, part: str) -> None:
    with session_scope() as session:
        DocumentService.create_link(session, part, "https://example.com/sheet")


def _project(client: FlaskClient, part: str) -> None:
    project = client.post("/projects", json={"name": "Blinker"}).get_json()
    lines = {"requirements": [{"part": part, "quantity": 1}]}
    assert client.post(f"/projects/{project['id']}/requirements", json=lines).status_code == 201


def _patched(**fields: Any) -> Callable[[FlaskClient, str], None]:
    def change(client: FlaskClient, part: str) -> None:
        assert client.patch(f"/parts/{part}", json=fields).status_code == 200

    return change


def _photo_at_work(client: FlaskClient, part: str) -> None:
    post_photos(client, (JPEG + b"2", "b.jpg"), data={"part": part})


CARRIED = {
    "number": _patched(manufacturer_code="NE555P"),
    "description": _patched(description="a relay"),
    "tags": _patched(tags=["smd"]),
    "maker": _patched(manufacturer="TI"),
    "seller": _patched(seller="DigiKey"),
    "stock": _stock,
    "document": _link,
    "project": _project,
    "run at work": _photo_at_work,
}


def test_cancelled_photo_is_listed(client: FlaskClient) -> None:
    part = photographed(client)
    new_part("NE555P")
    assert unidentified(client) == [part]


@pytest.mark.parametrize("what", CARRIED)
def test_part_that_carries_something_is_neither_listed_nor_retired(client: FlaskClient, what: str) -> None:
    part = photographed(client)
    CARRIED[what](client, part)
    age(part, days=1000)
    assert unidentified(client) == []
    assert (retire_old(), is_retired(client, part)) == (0, False)


def test_part_with_an_open_question_is_listed_and_told_apart(client: FlaskClient) -> None:
    part = photographed(client)
    suggestion = new_suggestion(part, SuggestionField.PART_NUMBER, {"manufacturer_code": "LM358"})
    _end_runs(part)
    assert suggestion
    assert (unidentified(client), unidentified(client, needs_review="false")) == ([part], [])


def _end_runs(part: str) -> None:
    with session_scope() as session:
        session.execute(
            text("UPDATE pipeline_runs SET state = 'partial', finished_at = now() WHERE part_id4 = :part"),
            {"part": part},
        )


def test_all_that_wait_for_nothing_are_retired_at_once(client: FlaskClient) -> None:
    parts = sorted(photographed(client, JPEG + bytes([n])) for n in range(3))
    new_suggestion(parts[0], SuggestionField.PART_NUMBER, {"manufacturer_code": "LM358"})
    _end_runs(parts[0])
    answer = client.post("/parts/retire", json={"filter": "unidentified"})
    assert answer.get_json() == {"retired": parts[1:], "kept": [], "more": False}
    assert unidentified(client) == [parts[0]]
    assert unidentified(client, retired="true") == parts[1:]
    assert client.get(f"/parts/{parts[1]}").status_code == 200


def test_named_parts_are_retired_each_for_itself(client: FlaskClient) -> None:
    empty, full = new_part(), new_part("NE555P")
    _stock(client, full)
    answer = client.post("/parts/retire", json={"parts": [full, empty.lower(), empty]}).get_json()
    assert answer["retired"] == [empty]
    (kept,) = answer["kept"]
    assert (kept["part"], kept["refused"]["code"]) == (full, "conflict")
    assert "book it out" in kept["refused"]["error"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"parts": []}, 400),
        ({"parts": ["ABCD"], "filter": "unidentified"}, 400),
        ({"filter": "all"}, 400),
        ({"parts": ["ZZZZ"]}, 404),
    ],
)
def test_wrong_request_retires_nothing(client: FlaskClient, body: dict[str, object], status: int) -> None:
    assert client.post("/parts/retire", json=body).status_code == status


def test_old_part_is_retired_by_itself(client: FlaskClient, configure: Callable[..., None]) -> None:
    part, young = photographed(client), photographed(client, JPEG + b"y")
    age(part, days=31)
    age(young, days=29)
    forget()
    shown = client.get(f"/parts/{part}").get_json()
    assert (is_retired(client, young), shown["set_by"]["retired_at"]) == (False, "machine")
    assert client.get("/parts", query_string={"retired": "true"}).get_json()["parts"][0]["id4"] == part


def test_setting_of_zero_retires_nothing(client: FlaskClient, configure: Callable[..., None]) -> None:
    part = photographed(client)
    age(part, days=1000)
    configure(RETENTION_UNIDENTIFIED_DAYS=0)
    forget()
    assert not is_retired(client, part)


def test_part_that_a_person_made_by_hand_is_never_retired_by_itself(client: FlaskClient) -> None:
    part = new_part()
    age(part, days=1000)
    assert unidentified(client) == [part]
    assert (retire_old(), is_retired(client, part)) == (0, False)


@pytest.mark.parametrize("touch", ["cleared", "restored"])
def test_part_that_a_person_touched_is_never_retired_by_itself(client: FlaskClient, touch: str) -> None:
    part = photographed(client)
    if touch == "cleared":
        client.patch(f"/parts/{part}", json={"description": None})
    else:
        client.post(f"/parts/{part}/retire")
        client.post(f"/parts/{part}/restore")
    age(part, days=1000)
    assert (retire_old(), is_retired(client, part)) == (0, False)


@pytest.mark.parametrize(("days", "retired"), [(10, False), (40, True)])
def test_open_question_is_waited_for_as_long(client: FlaskClient, days: float, retired: bool) -> None:
    part = photographed(client)
    suggestion = new_suggestion(part, SuggestionField.PART_NUMBER, {"manufacturer_code": "LM358"})
    _end_runs(part)
    age(part, days=1000)
    with session_scope() as session:
        _asked(session, suggestion, datetime.now(UTC) - timedelta(days=days))
    assert retire_old() == retired
    assert is_retired(client, part) == retired
    assert client.get(f"/suggestions/{suggestion}").get_json()["state"] == ("superseded" if retired else "proposed")


def _asked(session: Session, suggestion: int, at: datetime) -> None:
    session.execute(text("UPDATE suggestions SET created_at = :at WHERE id = :id"), {"at": at, "id": suggestion})
