"""The audit of an inventory whose parts were once compared without their decimal point."""

from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from models import Suggestion
from models.session import session_scope
from pipelines.part_intake import start_part_intake
from schemas.evidence import Evidence, EvidenceKind
from schemas.intake import PartIntakeRequest
from schemas.slot import Slot
from schemas.stock import Receive
from schemas.suggestion import SuggestionField, SuggestionState
from services.part import PartService
from services.part_merge import PartMergeService
from services.stock import StockService
from tests.integration.part_import.test_api import imported
from tests.support.rows import new_box, new_part, new_run


def found(client: FlaskClient) -> list[tuple[str, str, str | None]]:
    report = client.get("/parts/audit").get_json()["findings"]
    return [(each["reason"], each["number"], each["other_number"]) for each in report]


def accept(part: str, number: str, quote: str) -> None:
    run_id: UUID = new_run(part)
    evidence = Evidence(kind=EvidenceKind.MARKING, quote=quote).model_dump(mode="json")
    with session_scope() as session:
        session.add(
            Suggestion(
                part_id4=part,
                run_id=run_id,
                field=SuggestionField.PART_NUMBER,
                value={"manufacturer_code": number},
                confidence=0.92,
                evidence=[evidence],
                state=SuggestionState.ACCEPTED,
            )
        )


def test_print_that_was_accepted_as_its_neighbour_is_found(client: FlaskClient) -> None:
    accept(new_part("SMAJ6.0A"), "SMAJ6.0A", "SMAJ60A 2316")
    accept(new_part("NE555P"), "NE555P", "NE-555P TI")

    assert found(client) == [("accepted", "SMAJ6.0A", "SMAJ60A")]


def test_part_that_was_renamed_is_found(client: FlaskClient) -> None:
    with session_scope() as session:
        run = start_part_intake(session, PartIntakeRequest(manufacturer_code="1.5SMC68CA"))
        part = PartService.get(session, run.subject or "")
        PartService.update(session, part, {"manufacturer_code": "1.5SMC6.8CA"})

    assert found(client) == [("renamed", "1.5SMC6.8CA", "1.5SMC68CA")]


@pytest.mark.parametrize(("number", "is_found"), [("1.5SMC6.8CA", True), ("NE-555P", False)])
def test_part_that_an_import_may_have_renamed_is_found(client: FlaskClient, number: str, is_found: bool) -> None:
    box, part = new_box(), new_part(number)
    order = Receive(command_id=uuid4(), quantity=7, slot=Slot(box, 1), reason="import of parts.csv, line 2")
    with session_scope() as session:
        StockService.carry_out(session, part, order)

    assert found(client) == ([("imported", number, None)] if is_found else [])


def test_part_that_the_import_made_is_not(client: FlaskClient) -> None:
    new_box()
    imported(client, "MPN,Qty,Slot\n1.5SMC6.8CA,7,1-1\n")

    assert found(client) == []


def test_merged_neighbours_and_those_that_are_two_are_found(client: FlaskClient) -> None:
    source, target = new_part("R-78B12"), new_part("R-78B1.2")
    with session_scope() as session:
        PartMergeService.merge(session, source, into=target, command_id=uuid4())
    new_part("LM358")
    new_part("lm-358")
    first, second = sorted([new_part("SMBJ3.3CA"), new_part("SMBJ33CA")])
    merged, neighbours = client.get("/parts/audit").get_json()["findings"]

    assert (merged["reason"], merged["part"], merged["other"]) == ("merged", target, source)
    assert (neighbours["reason"], neighbours["part"], neighbours["other"]) == ("neighbours", first, second)


def test_inventory_without_neighbours_has_nothing_to_check(client: FlaskClient) -> None:
    new_part("NE555P")
    new_part()

    assert found(client) == []
