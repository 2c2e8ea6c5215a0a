"""A part that is there already: the run of another bag asks, and nothing is joined that only looks alike."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from models.session import session_scope
from services.part import PartService
from tests.support.carrying import carry_out
from tests.support.rows import new_box, post_photos

PHOTOS = Path(__file__).parents[3] / "demo" / "photos"
LABEL = "[)>\x1e06\x1dP296-LM358-ND\x1d1PLM358DR\x1dQ25\x1d11ZPICK\x1e\x04"


def known(code: str, maker: str | None = None) -> str:
    with session_scope() as session:
        return PartService.create(session, manufacturer_code=code, manufacturer=maker).id4


def run_of(client: FlaskClient, run_id: str) -> dict[str, Any]:
    carry_out(run_id)
    shown: dict[str, Any] = client.get(f"/pipelines/runs/{run_id}").get_json()
    return shown


def typed(client: FlaskClient, code: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/pipelines/part-intake/runs", json={"manufacturer_code": code, **more})
    assert answer.status_code == 202, answer.get_json()
    return run_of(client, answer.get_json()["runs"][0]["id"])


def pictured(client: FlaskClient, content: bytes, **more: Any) -> dict[str, Any]:
    return run_of(client, post_photos(client, (content, "bag.jpg"), **more).get_json()["runs"][0]["id"])


def questions(run: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Return the part, the reason and whether it is sure, of each question that is open."""
    asked = [each for each in run["suggestions"] if each["field"] == "same_part" and each["state"] == "proposed"]
    return [(each["value"]["part"], each["value"]["match"], each["value"]["sure"]) for each in asked]


def gaps(run: dict[str, Any]) -> list[str]:
    return [gap["reason"] for gap in run["gaps"]]


@pytest.mark.parametrize(
    ("there", "code", "match"),
    [
        ("NE555P", "ne-555 p", "same_number"),
        ("NE555", "NE555P", "base_number"),
        ("NE555P", "NE555", "base_number"),
        ("SMAJ6.0A", "SMAJ60A", None),
        ("LM3580", "LM358", None),
        ("NE555P", "NE555D", None),
    ],
)
def test_typed_number_of_a_part_that_is_there_asks(
    client: FlaskClient, there: str, code: str, match: str | None
) -> None:
    other = known(there)
    run = typed(client, code)

    assert questions(run) == ([(other, match, match == "same_number")] if match else [])
    assert ("same_part" in gaps(run)) == bool(match)


def test_near_number_is_shown_and_not_asked_about(client: FlaskClient) -> None:
    other = known("SMAJ6.0A")
    part = client.get(f"/parts/{typed(client, 'SMAJ60A')['part']}").get_json()
    (near,) = client.get(part["links"]["duplicates"]).get_json()["duplicates"]

    assert (near["id4"], near["reason"]) == (other, "near_number")


def test_question_stops_what_would_fill_the_part(client: FlaskClient) -> None:
    known("LM358DR")
    new_box()
    run = typed(client, LABEL)

    assert {each["field"] for each in run["suggestions"]} == {"same_part"}
    assert {step["state"] for step in run["steps"] if step["name"] == "part.suggest_slot"} == {"skipped"}


def test_part_of_another_maker_is_another_part(client: FlaskClient) -> None:
    known("NE555P", "STMicroelectronics")

    assert questions(typed(client, "NE555P", manufacturer="TI")) == []


def test_run_for_a_named_part_does_not_ask(client: FlaskClient) -> None:
    known("NE555P")

    assert questions(typed(client, "NE555P", part=known("NE555P"))) == []


def test_two_new_parts_of_one_number_ask_once(client: FlaskClient) -> None:
    started = [
        client.post("/pipelines/part-intake/runs", json={"manufacturer_code": "NE555P"}).get_json()["runs"][0]
        for _ in range(2)
    ]
    runs = [run_of(client, run["id"]) for run in started]

    assert [questions(run) for run in runs] == [[(started[1]["part"], "same_number", True)], []]


def test_sure_part_joins_by_itself_when_the_setting_says_so(
    client: FlaskClient, configure: Callable[..., None]
) -> None:
    other = known("LM358DR")
    new_box()
    configure(INTAKE_JOIN_SAME=True)
    started = client.post("/pipelines/part-intake/runs", json={"manufacturer_code": LABEL}).get_json()["runs"][0]
    run = run_of(client, started["id"])

    assert (run["part"], gaps(run)) == (other, [])
    assert client.get(f"/parts/{started['part']}").get_json()["id4"] == other
    (receipt,) = [each for each in run["suggestions"] if each["field"] == "stock"]
    assert (receipt["part"], receipt["value"]["quantity"], receipt["state"]) == (other, 25, "proposed")


def test_base_number_never_joins_by_itself(client: FlaskClient, configure: Callable[..., None]) -> None:
    other = known("NE555")
    configure(INTAKE_JOIN_SAME=True)

    assert questions(typed(client, "NE555P")) == [(other, "base_number", False)]


def decide(client: FlaskClient, run: dict[str, Any], verb: str) -> Any:
    (question,) = [each for each in run["suggestions"] if each["field"] == "same_part"]
    answer = client.post(f"/suggestions/{question['id']}/{verb}", json={} if verb == "accept" else None)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def test_accepted_question_adds_to_the_part_that_is_there(client: FlaskClient) -> None:
    other = known("LM358DR")
    new_box()
    run = typed(client, LABEL)
    decided = decide(client, run, "accept")
    again = run_of(client, run["id"])

    assert (decided["state"], client.get(f"/parts/{run['part']}").get_json()["id4"]) == ("accepted", other)
    (receipt,) = [each for each in again["suggestions"] if each["field"] == "stock"]
    assert (receipt["part"], receipt["value"]["quantity"], gaps(again)) == (other, 25, [])
    assert decide(client, again, "accept")["state"] == "accepted"


def test_several_questions_are_answered_at_once(client: FlaskClient) -> None:
    codes = ("LM358DR", "NE555P", "BC547B")
    for code in codes:
        known(code)
    runs = [typed(client, code) for code in codes]
    asked = [each["id"] for run in runs for each in run["suggestions"] if each["field"] == "same_part"]
    decisions = [{"suggestion": each, "decision": "accept"} for each in asked]
    answer = client.post("/suggestions/decide", json={"decisions": decisions})

    assert answer.status_code == 200, answer.get_json()
    assert [each["decided"]["started_run"] for each in answer.get_json()["decisions"]] == [run["id"] for run in runs]


def test_rejected_question_keeps_the_new_part_and_is_not_asked_again(client: FlaskClient) -> None:
    known("LM358DR")
    new_box()
    run = typed(client, LABEL)
    decide(client, run, "reject")
    again = run_of(client, run["id"])

    assert (questions(again), "same_part" in gaps(again)) == ([], False)
    assert client.get(f"/parts/{run['part']}").get_json()["id4"] == run["part"]
    assert "stock" in {each["field"] for each in again["suggestions"]}
    client.post(f"/pipelines/runs/{run['id']}/resume", json={"from_step": "part.identify"})
    assert questions(run_of(client, run["id"])) == []


def smaller(photo: bytes) -> bytes:
    copy = io.BytesIO()
    with Image.open(io.BytesIO(photo)) as image:
        image.resize((image.width // 2, image.height // 2)).save(copy, "JPEG", quality=60, exif=image.getexif())
    return copy.getvalue()


@pytest.mark.parametrize("again", [bytes, smaller], ids=["same bytes", "smaller copy"])
def test_photo_that_is_taken_in_twice_points_at_its_part(client: FlaskClient, again: Callable[[bytes], bytes]) -> None:
    photo = (PHOTOS / "unreadable_bag.jpg").read_bytes()
    first = pictured(client, photo)
    second = pictured(client, again(photo))

    assert (questions(first), "same_part" in gaps(first)) == ([], False)
    assert questions(second) == [(first["part"], "same_photo", False)]
    assert second["suggestions"][0]["value"]["run"] == first["id"]


def test_photos_of_two_bags_do_not_ask(client: FlaskClient) -> None:
    first, second = (
        pictured(client, (PHOTOS / name).read_bytes()) for name in ("lcsc_bag_mosfet.jpg", "chip_timer.jpg")
    )

    assert (questions(first), questions(second)) == ([], [])
