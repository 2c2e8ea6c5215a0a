"""Plans over HTTP."""

import io
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from tests.support.carrying import carry_out
from tests.support.layouts import drawn, lay_out, new_plan


@pytest.fixture
def parts(database: str, engine: Engine) -> dict[str, str]:
    parts = lay_out("aAbBc", "CdDeE", ".....")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO types (name) VALUES ('Upper'), ('<Lower>') ON CONFLICT DO NOTHING"))
        for letter, id4 in parts.items():
            name = "Upper" if letter.isupper() else "<Lower>"
            query = "UPDATE parts SET type_id = (SELECT id FROM types WHERE name = :name) WHERE id4 = :id4"
            connection.execute(text(query), {"name": name, "id4": id4})
    return parts


@pytest.fixture
def plan(parts: dict[str, str]) -> UUID:
    """Store a plan of three moves and a cycle, by hand."""
    return new_plan(
        parts,
        [
            [("a", "1-1", "3-1")],
            [("A", "1-2", "1-1")],
            [("b", "1-3", "3-2")],
            [("C", "2-1", "2-2"), ("d", "2-2", "2-1")],
        ],
    )


def post(client: FlaskClient, plan: UUID, verb: str = "apply", **order: Any) -> TestResponse:
    return client.post(f"/reorg/plans/{plan}/{verb}", json={"command_id": str(uuid4()), **order})


def started(client: FlaskClient, **asked: Any) -> str:
    answer = client.post("/reorg/plans", json=asked)
    assert answer.status_code == 202, answer.get_json()
    carry_out(answer.get_json()["links"]["run"].rpartition("/")[2])
    return str(answer.headers["Location"])


def test_plan_is_made_by_a_run_and_shown(client: FlaskClient, parts: dict[str, str]) -> None:
    shown = client.get(started(client, objective="types")).get_json()

    assert shown["state"] == "ready"
    assert shown["after"]["spare_boxes"] == 0
    assert shown["before"]["score"] > shown["after"]["score"]
    assert shown["counts"]["proposed"] == len(shown["moves"]) > 0
    assert [move["number"] for move in shown["moves"]] == list(range(1, len(shown["moves"]) + 1))
    assert shown["has_changed"] is False
    assert shown["expires_at"]


def test_new_plan_says_that_it_is_being_made(client: FlaskClient, parts: dict[str, str]) -> None:
    answer = client.post("/reorg/plans", json={"objective": {"gaps": 1, "kin": 2.5}})

    assert answer.get_json()["state"] == "planning"
    assert answer.get_json()["asked"]["objective"] == {"gaps": 1.0, "kin": 2.5}
    assert client.get(f"{answer.headers['Location']}/picture.svg").status_code == 409
    assert post(client, UUID(answer.get_json()["id"]), all=True).status_code == 409


def test_key_starts_one_plan(client: FlaskClient, parts: dict[str, str]) -> None:
    first, again = (client.post("/reorg/plans", json={}, headers={"Idempotency-Key": "tidy-1"}) for _ in range(2))

    assert first.get_json()["id"] == again.get_json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    other = client.post("/reorg/plans", json={"seed": 4}, headers={"Idempotency-Key": "tidy-1"})
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"objective": "pretty"}, 400),
        ({"objective": {"beauty": 1}}, 400),
        ({"objective": {"gaps": -1}}, 400),
        ({"open_boxes": 1}, 400),
        ({"leave": [99]}, 404),
        ({"pinned": ["ZZZZ"]}, 404),
    ],
)
def test_senseless_plan_is_refused(
    client: FlaskClient, parts: dict[str, str], asked: dict[str, object], status: int
) -> None:
    assert client.post("/reorg/plans", json=asked).status_code == status


def test_plans_are_listed_newest_first(client: FlaskClient, parts: dict[str, str]) -> None:
    plans = [str(new_plan(parts, [[("a", "1-1", "3-1")]])) for _ in range(3)]

    first = client.get("/reorg/plans?limit=2").get_json()
    rest = client.get(f"/reorg/plans?limit=2&after={first['next']}").get_json()

    assert [each["id"] for each in (*first["plans"], *rest["plans"])] == plans[::-1]
    assert rest["next"] is None
    assert client.get(f"/reorg/plans?after={uuid4()}").status_code == 400


def test_moves_are_paged(client: FlaskClient, plan: UUID) -> None:
    first = client.get(f"/reorg/plans/{plan}?limit=2").get_json()
    rest = client.get(f"/reorg/plans/{plan}?limit=9&after={first['next']}").get_json()

    assert [move["number"] for move in (*first["moves"], *rest["moves"])] == [1, 2, 3, 4, 5]
    assert rest["next"] is None


def test_moves_are_ticked_one_by_one(client: FlaskClient, plan: UUID, parts: dict[str, str], engine: Engine) -> None:
    assert post(client, plan, moves=[1]).get_json()["moves"] == [1]
    assert post(client, plan, moves=[2]).get_json()["moves"] == [2]

    assert drawn(engine, parts) == ("A.bBc", "CdDeE", "a....")
    shown = client.get(f"/reorg/plans/{plan}").get_json()
    assert [move["state"] for move in shown["moves"]] == ["applied", "applied", "proposed", "proposed", "proposed"]
    history = client.get(f"/parts/{parts['a']}/history").get_json()["history"]
    assert {each["reason"] for each in history[:2]} == {f"reorganisation: move 1 of plan {plan}"}
    assert history[0]["command_id"] == shown["moves"][0]["command_id"]


def test_sitting_is_applied_at_once(client: FlaskClient, plan: UUID) -> None:
    assert post(client, plan, sitting=1).get_json()["moves"] == [1, 2]
    assert post(client, plan, sitting=1).get_json()["moves"] == []
    assert post(client, plan, sitting=8).status_code == 404


def test_move_that_is_not_possible_is_a_conflict(client: FlaskClient, plan: UUID, parts: dict[str, str]) -> None:
    answer = post(client, plan, moves=[2])

    assert answer.status_code == 409
    assert answer.get_json()["error"] == (
        f"move 2: {parts['A']} cannot come to 1-1: {parts['a']} lies there; apply move 1 first, which takes it away"
    )
    assert answer.get_json()["details"]["refused"][0]["move"] == 2
    shown = client.get(f"/reorg/plans/{plan}").get_json()
    assert shown["moves"][1]["state"] == "refused"
    assert shown["moves"][1]["reason"].endswith("which takes it away")


def test_others_hold_when_one_is_refused(client: FlaskClient, plan: UUID, parts: dict[str, str]) -> None:
    order = {"command_id": str(uuid4()), "quantity": 3, "slot": "3-1"}
    assert client.post(f"/parts/{parts['e']}/stock/receive", json=order).status_code == 200

    answer = post(client, plan, moves=[1, 3, 4])

    assert answer.status_code == 200
    assert answer.get_json()["moves"] == [3, 4, 5]
    assert [each["move"] for each in answer.get_json()["refused"]] == [1]
    assert client.get(f"/reorg/plans/{plan}").get_json()["has_changed"] is True


@pytest.mark.parametrize("order", [{}, {"moves": [1], "all": True}, {"moves": []}, {"sitting": 0}])
def test_order_names_one_thing(client: FlaskClient, plan: UUID, order: dict[str, Any]) -> None:
    assert post(client, plan, **order).status_code == 400


def test_all_is_a_run(client: FlaskClient, plan: UUID, parts: dict[str, str], engine: Engine) -> None:
    before, command_id = drawn(engine, parts), str(uuid4())
    for verb, state in (("apply", "applied"), ("undo", "undone")):
        command_id = str(uuid4())
        for _ in range(2):
            answer = post(client, plan, verb, all=True, command_id=command_id)
            assert answer.status_code == 202
            assert answer.get_json()["runs"][0]["id"] == command_id
        carry_out(command_id)
        assert client.get(f"/reorg/plans/{plan}").get_json()["counts"][state] == 5
    assert drawn(engine, parts) == before
    assert post(client, plan, all=True, command_id=command_id).status_code == 422


def test_rest_is_planned_again(client: FlaskClient, parts: dict[str, str]) -> None:
    location = started(client)
    plan = UUID(location.rpartition("/")[2])
    post(client, plan, moves=[1])

    answer = client.post(f"{location}/replan")
    carry_out(answer.get_json()["links"]["run"].rpartition("/")[2])

    assert answer.status_code == 202
    before = client.get(location).get_json()
    assert before["state"] == "replaced"
    assert before["replaced_by"] == answer.get_json()["id"]
    assert post(client, plan, moves=[2]).status_code == 409
    assert client.post(f"{location}/replan").status_code == 409
    assert client.get(answer.headers["Location"]).get_json()["state"] == "ready"


def test_picture_shows_both_layouts(client: FlaskClient, parts: dict[str, str]) -> None:
    location = started(client)

    svg = client.get(f"{location}/picture.svg")
    png = client.get(f"{location}/picture.png")

    assert svg.mimetype == "image/svg+xml"
    drawing = ElementTree.fromstring(svg.data)
    titles = [each.text for each in drawing.iter("{http://www.w3.org/2000/svg}title")]
    assert f"1-2: {parts['A']} (Upper)" in titles
    assert len(titles) % 10 == 0
    assert png.mimetype == "image/png"
    with Image.open(io.BytesIO(png.data)) as image:
        assert image.size == (2 * int(drawing.attrib["width"]), 2 * int(drawing.attrib["height"]))


def test_list_to_print_goes_by_sittings(client: FlaskClient, plan: UUID, parts: dict[str, str]) -> None:
    post(client, plan, moves=[1])
    page = client.get(f"/reorg/plans/{plan}/moves.html")

    assert page.status_code == 200
    words = page.get_data(as_text=True)
    assert words.index("Sitting 1") < words.index(parts["A"]) < words.index("Sitting 2") < words.index(parts["b"])
    assert "open boxes 1, 3" in words
    assert "Take these 2 bags into the hand" in words
    assert words.count("✓") == 1
    assert "style-src 'sha256-" in page.headers["Content-Security-Policy"]


def test_unknown_plan_is_not_found(client: FlaskClient, database: str) -> None:
    unknown = f"/reorg/plans/{uuid4()}"
    assert {client.get(f"{unknown}{page}").status_code for page in ("", "/picture.svg", "/moves.html")} == {404}
    assert {post(client, uuid4(), verb, all=True).status_code for verb in ("apply", "undo")} == {404}
    assert client.post(f"{unknown}/replan").status_code == 404
