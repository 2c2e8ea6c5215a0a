"""Types: a list that belongs to the user."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from models.session import session_scope
from schemas.suggestion import SuggestionField, SuggestionState
from schemas.vocabulary import DEFAULT_TYPES
from services.part import PartService
from tests.support.rows import new_part, new_suggestion
from tests.support.waiting import wait_for_waiters


@pytest.fixture
def types(client: FlaskClient) -> list[str]:
    """Three types, in this order."""
    names = ["Resistor", "Relay", "Sensor"]
    for name in names:
        client.post("/types", json={"name": name})
    return names


def part_of(client: FlaskClient, type_: str) -> str:
    return str(client.post("/parts", json={"type": type_}).get_json()["id4"])


def listed(client: FlaskClient) -> list[str]:
    return [each["name"] for each in client.get("/types").get_json()["types"]]


def suggested(part: str) -> tuple[object, str]:
    with session_scope() as session:
        row = session.execute(text("SELECT value, state FROM suggestions WHERE part_id4 = :part"), {"part": part}).one()
        return row.value, row.state


def test_new_type_comes_last(client: FlaskClient, types: list[str]) -> None:
    answer = client.post("/types", json={"name": " Antenna "})
    assert (answer.status_code, answer.headers["Location"]) == (201, "/types/Antenna")
    assert listed(client) == [*types, "Antenna"]


def test_type_is_shown_with_its_parts_in_whatever_case(client: FlaskClient, types: list[str]) -> None:
    part = part_of(client, "Relay")
    shown = client.get("/types/rELAY").get_json()
    assert (shown["name"], shown["parts"]) == ("Relay", 1)
    assert [each["id4"] for each in client.get(shown["links"]["parts"]).get_json()["parts"]] == [part]


@pytest.mark.parametrize("name", ["Éclair", "İndüktör", "ΠΗΝΙΑΣ", "Straße"])
def test_type_of_any_alphabet_is_found(client: FlaskClient, name: str) -> None:
    client.post("/types", json={"name": name})
    part = new_part()
    suggestion = new_suggestion(part, SuggestionField.TYPE, name)
    renamed = f"{name} 2"
    assert client.post("/types", json={"name": name}).status_code == 409
    assert client.patch(f"/types/{name}", json={"name": renamed}).get_json()["name"] == renamed
    assert client.post(f"/suggestions/{suggestion}/accept").status_code == 200
    assert client.get("/parts", query_string={"type": renamed}).get_json()["parts"][0]["id4"] == part
    client.post("/types", json={"name": "Other"})
    assert client.post(f"/types/{renamed}/merge", json={"into": "Other"}).get_json()["parts"] == 1


@pytest.mark.parametrize("name", DEFAULT_TYPES)
def test_default_types_have_an_address(client: FlaskClient, name: str) -> None:
    client.post("/types", json={"name": name})
    assert client.get(f"/types/{name}").get_json()["name"] == name


@pytest.mark.parametrize(
    "body", [{}, {"name": " "}, {"name": "x" * 101}, {"name": 7}, {"name": "a\0b"}, {"name": "a/b"}, {"name": ".."}]
)
def test_wrong_type_is_refused(client: FlaskClient, body: dict[str, object]) -> None:
    assert client.post("/types", json=body).status_code == 400


def test_type_of_the_same_name_is_a_conflict(client: FlaskClient, types: list[str]) -> None:
    answer = client.post("/types", json={"name": "RELAY"})
    assert (answer.status_code, answer.get_json()["details"]) == (409, {"name": "RELAY"})


def test_renamed_type_is_renamed_on_its_parts(client: FlaskClient, types: list[str]) -> None:
    part = part_of(client, "Relay")
    assert client.patch("/types/relay", json={"name": "Relays"}).get_json()["parts"] == 1
    assert client.get(f"/parts/{part}").get_json()["type"] == "Relays"


def test_type_may_change_its_case(client: FlaskClient, types: list[str]) -> None:
    assert client.patch("/types/Relay", json={"name": "RELAY"}).get_json()["name"] == "RELAY"


def test_renaming_to_another_types_name_is_a_conflict(client: FlaskClient, types: list[str]) -> None:
    answer = client.patch("/types/Relay", json={"name": "sensor"})
    assert answer.status_code == 409
    assert "merge Relay into it" in answer.get_json()["error"]


def test_open_suggestion_follows_a_renamed_type(client: FlaskClient, types: list[str]) -> None:
    part = new_part()
    suggestion = new_suggestion(part, SuggestionField.TYPE, "Relay")
    client.patch("/types/Relay", json={"name": "Reed"})
    client.post(f"/suggestions/{suggestion}/accept")
    assert client.get(f"/parts/{part}").get_json()["type"] == "Reed"


def test_merged_type_goes_over_with_parts_boxes_and_suggestions(client: FlaskClient, types: list[str]) -> None:
    part, waiting = part_of(client, "Relay"), new_part()
    new_suggestion(waiting, SuggestionField.TYPE, "relay")
    boxes = [client.post("/boxes", json={"capacity": 1, "types": named}).get_json() for named in (types, ["Relay"])]
    assert client.post("/types/Relay/merge", json={"into": "sensor"}).get_json()["parts"] == 1
    assert client.get(f"/parts/{part}").get_json()["type"] == "Sensor"
    assert [client.get(box["links"]["self"]).get_json()["types"] for box in boxes] == [
        ["Resistor", "Sensor"],
        ["Sensor"],
    ]
    assert suggested(waiting) == ("Sensor", SuggestionState.PROPOSED)
    assert listed(client) == ["Resistor", "Sensor"]


def test_whoever_polls_a_run_sees_its_type_renamed(client: FlaskClient, types: list[str]) -> None:
    new_suggestion(new_part(), SuggestionField.TYPE, "Relay")
    run = f"/pipelines/runs/{client.get('/pipelines/runs').get_json()['runs'][0]['id']}"
    seen = client.get(run).headers["ETag"]
    client.patch("/types/Relay", json={"name": "Reed"})
    answer = client.get(run, headers={"If-None-Match": seen})
    assert (answer.status_code, answer.get_json()["suggestions"][0]["value"]) == (200, "Reed")


def test_type_that_is_chosen_while_it_is_merged_is_the_other_or_none(client: FlaskClient, types: list[str]) -> None:
    parts = [new_part() for _ in range(20)]

    def choose(part: str) -> int:
        with client.application.test_client() as caller:
            return caller.patch(f"/parts/{part}", json={"type": "Relay"}).status_code

    with ThreadPoolExecutor(4) as pool:
        choosing = [pool.submit(choose, part) for part in parts]
        merged = client.post("/types/Relay/merge", json={"into": "Sensor"})
        answers = {part: future.result(20) for part, future in zip(parts, choosing, strict=True)}
    shown = {part: client.get(f"/parts/{part}").get_json()["type"] for part in parts}
    assert (merged.status_code, set(answers.values()) <= {200, 404, 409}) == (200, True)
    assert shown == {part: "Sensor" if status == 200 else None for part, status in answers.items()}


@pytest.mark.parametrize("how", ["edit", "suggestion"])
def test_part_that_waits_for_its_new_type_does_not_stop_a_merge(
    client: FlaskClient, types: list[str], how: str
) -> None:
    part = part_of(client, "Relay")
    suggestion = new_suggestion(part, SuggestionField.TYPE, "Sensor")

    def choose() -> int:
        with client.application.test_client() as caller:
            if how == "edit":
                return caller.patch(f"/parts/{part}", json={"type": "Sensor"}).status_code
            return caller.post(f"/suggestions/{suggestion}/accept").status_code

    def merge() -> int:
        with client.application.test_client() as caller:
            return caller.post("/types/Relay/merge", json={"into": "Sensor"}).status_code

    with ThreadPoolExecutor(2) as pool:
        with session_scope() as session:
            PartService.lock(session, part)
            choosing = pool.submit(choose)
            wait_for_waiters(1)
            merging = pool.submit(merge)
            wait_for_waiters(2)
        assert (choosing.result(20), merging.result(20)) == (200, 200)
    assert client.get(f"/parts/{part}").get_json()["type"] == "Sensor"


def test_type_cannot_be_merged_into_itself(client: FlaskClient, types: list[str]) -> None:
    for method, path, body, field in (
        ("POST", "/types/Relay/merge", {"into": "relay"}, "into"),
        ("DELETE", "/types/Relay?replacement=relay", None, "replacement"),
    ):
        answer = client.open(path, method=method, json=body)
        assert (answer.status_code, answer.get_json()["details"]) == (400, {"field": field})
    assert listed(client) == types


def test_unused_type_is_deleted_with_what_suggests_it(client: FlaskClient, types: list[str]) -> None:
    part = new_part()
    new_suggestion(part, SuggestionField.TYPE, "Relay")
    assert client.delete("/types/relay").status_code == 204
    assert listed(client) == ["Resistor", "Sensor"]
    assert suggested(part) == ("Relay", SuggestionState.SUPERSEDED)


def test_type_in_use_is_not_deleted(client: FlaskClient, types: list[str]) -> None:
    part_of(client, "Relay")
    client.post("/boxes", json={"capacity": 1, "types": ["Relay"]})
    answer = client.delete("/types/Relay")
    assert (answer.status_code, answer.get_json()["details"]) == (409, {"parts": 1, "boxes": 1})


def test_type_in_use_is_replaced(client: FlaskClient, types: list[str]) -> None:
    part = part_of(client, "Relay")
    assert client.delete("/types/Relay?replacement=Sensor").status_code == 204
    assert client.get(f"/parts/{part}").get_json()["type"] == "Sensor"


def test_types_stand_in_the_users_order(client: FlaskClient, types: list[str]) -> None:
    answer = client.put("/types/order", json={"types": ["sensor", "Resistor", "Relay"]})
    assert answer.status_code == 200
    assert listed(client) == ["Sensor", "Resistor", "Relay"]


@pytest.mark.parametrize(
    ("order", "status"),
    [
        (["Sensor", "Resistor"], 409),
        (["Sensor", "Resistor", "Relay", "relay"], 400),
        (["Sensor", "Resistor", "Relay", "Flux"], 404),
        ("Sensor", 400),
    ],
)
def test_order_of_other_types_is_refused(client: FlaskClient, types: list[str], order: object, status: int) -> None:
    assert client.put("/types/order", json={"types": order}).status_code == status
    assert listed(client) == types


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/types/Flux", None),
        ("PATCH", "/types/Flux", {"name": "Flow"}),
        ("POST", "/types/Flux/merge", {"into": "Relay"}),
        ("POST", "/types/Relay/merge", {"into": "Flux"}),
        ("DELETE", "/types/Flux", None),
        ("DELETE", "/types/Relay?replacement=Flux", None),
    ],
)
def test_unknown_type_is_not_found(
    client: FlaskClient, types: list[str], method: str, path: str, body: dict[str, str] | None
) -> None:
    answer = client.open(path, method=method, json=body)
    assert (answer.status_code, answer.get_json()["error"]) == (404, "there is no type Flux")
