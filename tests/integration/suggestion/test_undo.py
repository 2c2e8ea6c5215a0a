"""A decision can be taken back while what it changed is as it left it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from models import Part, PipelineRun, Suggestion
from models.session import session_scope
from schemas.document import DocumentFields, DocumentKind
from schemas.ledger import RunState
from schemas.suggestion import SuggestionField, SuggestionState
from services.document import BlobService, DocumentService
from tests.support.rows import new_box, new_part, new_suggestion

NUMBER, TAGS, TYPE, STOCK = (
    SuggestionField.PART_NUMBER,
    SuggestionField.TAGS,
    SuggestionField.TYPE,
    SuggestionField.STOCK,
)
LM358 = {"manufacturer_code": "LM358", "manufacturer": "TI", "description": "op-amp"}
VALUES: list[tuple[SuggestionField, Any]] = [
    (NUMBER, LM358),
    (TAGS, ["smd"]),
    (TYPE, "Relay"),
    (STOCK, {"quantity": 10, "slot": "1-1"}),
]


def post(client: FlaskClient, suggestion: int, verb: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/suggestions/{suggestion}/{verb}", json=body or None)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.get_json()
    return shown


def fields(client: FlaskClient, part: str) -> dict[str, Any]:
    shown = client.get(f"/parts/{part}").get_json()
    names = ("manufacturer_code", "manufacturer", "description", "tags", "type", "set_by", "quantity")
    return {name: shown[name] for name in names}


@pytest.mark.parametrize(("field", "value"), VALUES)
@pytest.mark.parametrize("verb", ["accept", "reject"])
def test_undone_decision_leaves_nothing_and_can_be_taken_again(
    client: FlaskClient, field: SuggestionField, value: object, verb: str
) -> None:
    client.post("/types", json={"name": "Relay"})
    new_box()
    part = new_part()
    client.patch(f"/parts/{part}", json={"description": "mine", "tags": ["own"]})
    before = fields(client, part)
    suggestion = new_suggestion(part, field, value)
    post(client, suggestion, verb)
    undone = post(client, suggestion, "undo")
    assert (undone["state"], undone["decided_at"], undone["accepted_value"]) == ("proposed", None, None)
    assert fields(client, part) == before
    assert post(client, suggestion, "undo")["state"] == "proposed"
    post(client, suggestion, "accept")
    assert fields(client, part) != before
    post(client, suggestion, "undo")
    assert fields(client, part) == before


def test_run_that_the_decision_started_is_cancelled(client: FlaskClient) -> None:
    suggestion = new_suggestion(new_part(), NUMBER, LM358)
    started = post(client, suggestion, "accept")["started_run"]
    undone = post(client, suggestion, "undo")
    assert (undone["cancelled_run"], undone["ended_run"]) == (started, None)
    assert client.get(f"/pipelines/runs/{started}").get_json()["state"] == "cancelled"
    again = post(client, suggestion, "accept")["started_run"]
    assert again != started
    assert client.get(f"/pipelines/runs/{again}").get_json()["state"] == "pending"


def test_run_that_has_ended_is_named_and_what_it_set_by_itself_is_taken_back(client: FlaskClient) -> None:
    part = new_part()
    suggestion = new_suggestion(part, NUMBER, LM358)
    started = post(client, suggestion, "accept")["started_run"]
    tags = new_suggestion(part, TAGS, ["op-amp"])
    by_machine = {
        "by": "machine",
        "part": part,
        "value": ["op-amp"],
        "changes": {
            "tags": {"before": [], "after": ["op-amp"], "set_by_before": None, "set_by_after": "machine"},
        },
    }
    with session_scope() as session:
        run = session.get_one(PipelineRun, started)
        run.state, run.finished_at = RunState.SUCCEEDED, run.created_at
        row = session.get_one(Suggestion, tags)
        row.run_id, row.state, row.decision = run.id, SuggestionState.ACCEPTED, by_machine
        found = session.get_one(Part, part)
        found.tags, found.set_by = ["op-amp"], {**found.set_by, "tags": "machine"}
    undone = post(client, suggestion, "undo")
    assert (undone["cancelled_run"], undone["ended_run"]) == (None, started)
    assert fields(client, part)["tags"] == []


def test_stock_is_corrected_by_a_command_of_its_own(client: FlaskClient) -> None:
    part, box_no = new_part(), new_box()
    suggestion = new_suggestion(part, STOCK, {"quantity": 10, "slot": f"{box_no}-1"})
    post(client, suggestion, "accept")
    post(client, suggestion, "undo")
    history = client.get(f"/parts/{part}/history").get_json()["history"]
    assert [(change["kind"], change["delta_qty"]) for change in history] == [("undo", -10), ("receive", 10)]
    post(client, suggestion, "accept")
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 10


def test_stock_that_was_taken_back_by_hand_is_not_taken_back_twice(client: FlaskClient) -> None:
    part, box_no = new_part(), new_box()
    suggestion = new_suggestion(part, STOCK, {"quantity": 10, "slot": f"{box_no}-1"})
    post(client, suggestion, "accept")
    command = "6a8ff6d5-6f4c-4c43-9f0b-1f6f5e1b7a01"
    assert client.post(f"/parts/{part}/stock/undo", json={"command_id": command}).status_code == 200
    assert post(client, suggestion, "undo")["state"] == "proposed"
    assert client.get(f"/parts/{part}").get_json()["quantity"] == 0


def test_rivals_wait_again(client: FlaskClient) -> None:
    part = new_part()
    first = new_suggestion(part, NUMBER, LM358)
    with session_scope() as session:
        run_id = session.get_one(Suggestion, first).run_id
        rival = Suggestion(
            part_id4=part,
            run_id=run_id,
            field=NUMBER,
            value={"manufacturer_code": "NE555"},
            confidence=0.4,
            evidence=[],
        )
        session.add(rival)
        session.flush()
        second = rival.id
    post(client, first, "accept")
    refused = client.post(f"/suggestions/{second}/undo")
    assert (refused.status_code, refused.get_json()["details"]["suggestion"]) == (409, first)
    post(client, first, "undo")
    assert client.get(f"/suggestions/{second}").get_json()["state"] == "proposed"


def test_datasheet_of_the_number_before_is_one_again(client: FlaskClient) -> None:
    part = new_part("NE555")
    with session_scope() as session:
        BlobService.ensure(session, sha256="a" * 64, bucket="docs", s3_key="k", size=1, media_type="application/pdf")
        document = DocumentService.attach(session, part, DocumentKind.PDF, sha256="a" * 64)
        DocumentService.update(session, DocumentService.get(session, document), DocumentFields(is_datasheet=True))
    suggestion = new_suggestion(part, NUMBER, LM358)
    post(client, suggestion, "accept")
    assert not client.get(f"/documents/{document}").get_json()["is_datasheet"]
    post(client, suggestion, "undo")
    assert client.get(f"/documents/{document}").get_json()["is_datasheet"]


@pytest.mark.parametrize(("field", "value"), VALUES)
def test_what_was_changed_since_is_not_undone(client: FlaskClient, field: SuggestionField, value: object) -> None:
    client.post("/types", json={"name": "Relay"})
    client.post("/types", json={"name": "Diode"})
    new_box()
    part = new_part()
    suggestion = new_suggestion(part, field, value)
    post(client, suggestion, "accept")
    if field == STOCK:
        command = {"command_id": "6a8ff6d5-6f4c-4c43-9f0b-1f6f5e1b7a02", "quantity": 1}
        assert client.post(f"/parts/{part}/stock/use", json=command).status_code == 200
    else:
        mine = {"manufacturer_code": "X1", "tags": ["own"], "type": "Diode"}
        assert client.patch(f"/parts/{part}", json=mine).status_code == 200
    before = fields(client, part)
    answer = client.post(f"/suggestions/{suggestion}/undo")
    assert answer.status_code == 409
    assert part in answer.get_json()["error"]
    assert fields(client, part) == before


def test_merged_retired_and_superseded_are_not_undone(client: FlaskClient) -> None:
    into, part = new_part(), new_part()
    merged, retired = new_suggestion(part, TAGS, ["smd"]), new_suggestion(into, TAGS, ["relay"])
    post(client, merged, "accept")
    post(client, retired, "accept")
    command = {"into": into, "command_id": "6a8ff6d5-6f4c-4c43-9f0b-1f6f5e1b7a03"}
    assert client.post(f"/parts/{part}/merge", json=command).status_code == 200
    assert "merged" in client.post(f"/suggestions/{merged}/undo").get_json()["error"]
    older = new_suggestion(into, TYPE, "Relay")
    new_suggestion(into, TYPE, "Diode")
    assert "superseded" in client.post(f"/suggestions/{older}/undo").get_json()["error"]
    client.post(f"/parts/{into}/retire")
    assert "restore" in client.post(f"/suggestions/{retired}/undo").get_json()["error"]


def test_repeated_undo_answers_alike(client: FlaskClient) -> None:
    suggestion = new_suggestion(new_part(), NUMBER, LM358)
    post(client, suggestion, "accept")
    first, again = (client.post(f"/suggestions/{suggestion}/undo", headers={"Idempotency-Key": "u"}) for _ in range(2))
    assert (first.get_json(), again.headers["Idempotency-Replayed"]) == (again.get_json(), "true")


def test_unknown_suggestion_is_not_undone(client: FlaskClient) -> None:
    assert client.post("/suggestions/1/undo").status_code == 404
