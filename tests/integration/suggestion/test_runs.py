"""Decisions and runs: what a run reads is shown in its photo, and no run goes on with what was refused."""

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from models.session import session_scope
from services.part import PartService
from tests.support.carrying import carry_out
from tests.support.rows import new_box, post_photos

PHOTO = (Path(__file__).parents[3] / "demo" / "photos" / "digikey_bag_opamp.jpg").read_bytes()
LABEL = "[)>\x1e06\x1dP296-LM358-ND\x1d1PLM358DR\x1dQ25\x1d11ZPICK\x1e\x04"


def run_of(client: FlaskClient, started: Any) -> dict[str, Any]:
    run_id = started.get_json()["runs"][0]["id"]
    carry_out(run_id)
    shown: dict[str, Any] = client.get(f"/pipelines/runs/{run_id}").get_json()
    return shown


def suggested(run: dict[str, Any], field: str) -> list[dict[str, Any]]:
    return [each for each in run["suggestions"] if each["field"] == field]


def question(client: FlaskClient) -> tuple[str, dict[str, Any], int]:
    """Hand in a label of a part that is there; return that part, the run, and its question."""
    with session_scope() as session:
        other = PartService.create(session, manufacturer_code="LM358DR").id4
    new_box()
    run = run_of(client, client.post("/pipelines/part-intake/runs", json={"manufacturer_code": LABEL}))
    (asked,) = suggested(run, "same_part")
    return other, run, asked["id"]


def test_evidence_says_where_it_is_in_the_photo(client: FlaskClient) -> None:
    new_box()
    run = run_of(client, post_photos(client, (PHOTO, "bag.jpg")))
    listed = client.get("/suggestions", query_string={"run": run["id"], "state": "accepted", "field": "part_number"})
    (item,) = listed.get_json()["suggestions"]
    region = item["evidence"][0]["region"]
    assert 0 <= region["x"] < region["x"] + region["width"] <= 1
    assert 0 <= region["y"] < region["y"] + region["height"] <= 1
    assert client.get(item["photo"]).status_code == 200
    (stock,) = suggested(run, "stock")
    assert stock["evidence"][1]["region"] == region


def test_run_asks_instead_of_going_on_with_a_refused_number(client: FlaskClient) -> None:
    run = run_of(client, post_photos(client, (PHOTO, "bag.jpg")))
    (number,) = suggested(run, "part_number")
    for verb in ("undo", "reject"):
        assert client.post(f"/suggestions/{number['id']}/{verb}").status_code == 200
    again = run_of(client, post_photos(client, (PHOTO, "bag.jpg"), data={"part": run["part"]}))
    assert [gap["reason"] for gap in again["gaps"]] == ["refused"]
    refused = number["value"]["manufacturer_code"]
    assert refused not in [each["value"]["manufacturer_code"] for each in suggested(again, "part_number")]
    assert client.get(f"/parts/{run['part']}").get_json()["manufacturer_code"] is None


def test_parts_are_joined_among_other_decisions(client: FlaskClient) -> None:
    other, run, asked = question(client)
    answer = client.post("/suggestions/decide", json={"decisions": [{"suggestion": asked, "decision": "accept"}]})
    (decided,) = answer.get_json()["decisions"]
    assert (decided["decided"]["state"], decided["decided"]["started_run"]) == ("accepted", run["id"])
    assert client.get(f"/parts/{run['part']}").get_json()["id4"] == other
    refused = client.post(f"/suggestions/{asked}/undo")
    assert (refused.status_code, "cannot be taken back" in refused.get_json()["error"]) == (409, True)


def test_part_that_was_kept_can_be_joined_after_all(client: FlaskClient) -> None:
    other, run, asked = question(client)
    assert client.post(f"/suggestions/{asked}/reject").get_json()["started_run"] == run["id"]
    undone = client.post(f"/suggestions/{asked}/undo").get_json()
    assert (undone["state"], undone["cancelled_run"]) == ("proposed", run["id"])
    assert client.post(f"/suggestions/{asked}/accept").status_code == 200
    assert client.get(f"/parts/{run['part']}").get_json()["id4"] == other


def test_question_has_nothing_to_edit(client: FlaskClient) -> None:
    _, _, asked = question(client)
    answer = client.post(f"/suggestions/{asked}/accept", json={"tags": ["smd"]})
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, "tags")
