"""Bringing rows into the catalogue."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from models.session import session_scope
from services.catalogue import CatalogueService

ROW = {"manufacturer_code": "NE555P", "description": "Timer", "datasheet_url": "https://example.com/ne555.pdf"}


def put(client: FlaskClient, *rows: dict[str, Any], source: str = "kicad") -> Any:
    return client.put("/catalogue/parts", json={"source": source, "parts": rows})


def test_row_is_known_once_for_a_source_and_brought_up_to_date(client: FlaskClient) -> None:
    assert put(client, ROW).get_json() == {"stored": 1}
    put(client, {**ROW, "description": "Precision timer"})
    put(client, ROW, source="other")

    with session_scope() as session:
        found = CatalogueService.find(session, ["ne-555p"])
    assert sorted((row.source, row.description) for row in found) == [("kicad", "Precision timer"), ("other", "Timer")]


@pytest.mark.parametrize(
    "row",
    [
        {"manufacturer_code": "GND3", "type_name": "power"},
        {"manufacturer_code": "GND3", "type_name": "Power", "description": "ground"},
        {"manufacturer_code": "GND3", "description": 'Power symbol creates a global label with name "GND3"'},
    ],
)
def test_power_symbol_of_any_tool_is_not_found_as_a_part(client: FlaskClient, row: dict[str, str]) -> None:
    put(client, row, {"manufacturer_code": "GND3A1"})

    with session_scope() as session:
        assert CatalogueService.find(session, ["GND3"]) == ()
        assert [found.manufacturer_code for found in CatalogueService.find_near(session, ["GND3", "GND3A1"])] == [
            "GND3A1"
        ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"manufacturer_code": "---"}, "parts.0.manufacturer_code"),
        ({"datasheet_url": "javascript:alert(1)"}, "parts.0.datasheet_url"),
        ({"description": "x" * 1001}, "parts.0.description"),
        ({"colour": "red"}, "parts.0.colour"),
    ],
)
def test_wrong_row_is_refused_and_not_stored(client: FlaskClient, change: dict[str, str], field: str) -> None:
    answer = put(client, {**ROW, **change})

    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, field)
    with session_scope() as session:
        assert CatalogueService.find(session, ["NE555P"]) == ()


@pytest.mark.parametrize(("source", "rows"), [("Ki Cad", [ROW]), ("", [ROW]), ("kicad", []), ("kicad", [ROW] * 1001)])
def test_wrong_source_or_number_of_rows_is_refused(
    client: FlaskClient, source: str, rows: list[dict[str, Any]]
) -> None:
    assert put(client, *rows, source=source).status_code == 400
