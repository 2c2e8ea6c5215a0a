"""What an import may change on a part that is there: it fills in, and replaces only what it is told to."""

import json
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from models.session import session_scope
from schemas.part_import import ImportOptions
from services.part import PartService
from services.part_import import ImportFile, import_key
from tests.integration.part_import.test_api import hand_in, imported, preview, stock
from tests.support.rows import new_box, new_part

PERSONS = {"manufacturer_code": "1.5SMC68CA", "description": "mine", "tags": ["tvs"], "seller": None}


@pytest.fixture
def part(client: FlaskClient) -> str:
    """Make a part whose number, description and tags a person set, and its manufacturer a machine."""
    id4: str = client.post("/parts", json={k: v for k, v in PERSONS.items() if v}).get_json()["id4"]
    with session_scope() as session:
        PartService.set_field(session, PartService.lock(session, id4), "manufacturer", "Littelfuse", by="machine")
    return id4


def fields(client: FlaskClient, id4: str) -> dict[str, Any]:
    shown = client.get(f"/parts/{id4}").get_json()
    return {name: shown[name] for name in (*PERSONS, "manufacturer")}


def changes(client: FlaskClient, table: str, **form: Any) -> list[dict[str, Any]]:
    (row,) = hand_in(client, table, dry_run="true", **form).get_json()["rows"]
    found: list[dict[str, Any]] = row["changes"]
    return found


def test_number_with_its_point_elsewhere_makes_another_part(client: FlaskClient, part: str) -> None:
    new_box()
    before = fields(client, part)
    table = "MPN,Description,Qty,Slot\n1.5SMC6.8CA,TVS for 6.8 V,7,1-1\n"

    assert preview(client, table) == [(2, "create", "receive 7 into 1-1")]
    assert imported(client, table)["report"]["counts"]["create"] == 1
    assert (fields(client, part), stock()) == (before, {"1.5SMC6.8CA 1-1": 7})


def test_import_fills_in_and_keeps_what_a_person_set(client: FlaskClient, part: str) -> None:
    table = 'MPN,Description,Tags,Seller\n1.5smc-68ca,theirs,"diode,smd",LCSC\n'

    assert changes(client, table) == [
        {"field": "seller", "old": None, "new": "LCSC", "made": True},
        {"field": "manufacturer_code", "old": "1.5SMC68CA", "new": "1.5smc-68ca", "made": False},
        {"field": "description", "old": "mine", "new": "theirs", "made": False},
        {"field": "tags", "old": "tvs", "new": "diode, smd", "made": False},
    ]
    assert imported(client, table)["report"]["counts"] == {
        "create": 0,
        "update": 1,
        "unchanged": 0,
        "bad": 0,
        "kept": 1,
    }
    assert fields(client, part) == {**PERSONS, "seller": "LCSC", "manufacturer": "Littelfuse"}


@pytest.mark.parametrize("chosen", [{"overwrite": '["description"]'}, {"overwrite_lines": "[2]"}], ids=str)
def test_chosen_field_or_row_is_replaced(client: FlaskClient, part: str, chosen: dict[str, str]) -> None:
    table = "MPN,Description\n1.5SMC68CA,theirs\n"

    assert [each["made"] for each in changes(client, table, **chosen)] == [True]
    imported(client, table, **chosen)
    assert fields(client, part)["description"] == "theirs"


def test_value_of_a_machine_is_replaced_but_for_the_number(client: FlaskClient, part: str) -> None:
    with session_scope() as session:
        PartService.set_field(session, PartService.lock(session, part), "description", "read", by="machine")
        PartService.lock(session, part).set_by = {"manufacturer_code": "machine", "description": "machine"}
    made = {each["field"]: each["made"] for each in changes(client, "MPN,Description\n1.5smc68ca,theirs\n")}

    assert made == {"manufacturer_code": False, "description": True}


def test_row_whose_id4_and_number_disagree_is_bad(client: FlaskClient, part: str) -> None:
    new_box()
    table = f"id4,MPN,Qty,Slot\n{part},1.5SMC6.8CA,7,1-1\n"
    ((_line, action, problem),) = preview(client, table)

    assert (action, f"part {part} is 1.5SMC68CA, and the row says 1.5SMC6.8CA" in str(problem)) == ("bad", True)
    assert preview(client, table, overwrite='["manufacturer_code"]')[0][1] == "update"


def test_edit_between_plan_and_import_stands(client: FlaskClient, part: str) -> None:
    other = new_part("LM358")
    table = f"id4,Description\n{other},theirs\n"
    assert changes(client, table)[0]["made"]
    client.patch(f"/parts/{other}", json={"description": "mine"})

    assert imported(client, table)["report"]["counts"]["kept"] == 1
    assert fields(client, other)["description"] == "mine"


def test_import_of_before_has_its_old_id() -> None:
    assert import_key(ImportFile("parts.csv", b"MPN\nNE555P\n"), ImportOptions(), None) == UUID(
        "2b3ebd3d-8c28-521e-9e30-9694b73d9767"
    )


@pytest.mark.parametrize(
    "form", [{"overwrite": '["colour"]'}, {"overwrite_lines": '["x"]'}, {"overwrite": "description"}]
)
def test_wrong_choice_names_its_field(client: FlaskClient, form: dict[str, str]) -> None:
    answer = hand_in(client, "MPN\nNE555P\n", **form)

    assert (answer.status_code, next(iter(form)) in json.dumps(answer.get_json())) == (400, True)
