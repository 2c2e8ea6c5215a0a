"""Taking everything out: whole, as of one moment, and readable again."""

import csv
import io
import json
import re
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import update

from models import Base, Part
from models.session import get_engine, session_scope, snapshot_scope
from schemas.suggestion import SuggestionField
from services.export import ExportService
from services.export.kinds import KINDS
from services.tag import TagService
from tests.support.rows import new_box, new_part, new_suggestion, put_stock

_NOT_EXPORTED = {
    "access_tokens",
    "ai_calls",
    "audit_entries",
    "batches",
    "beats",
    "catalogue_parts",
    "datasheet_candidates",
    "datasheet_sources",
    "document_chapters",
    "document_pages",
    "drifts",
    "idempotency_keys",
    "locations",
    "part_imports",
    "part_upkeep",
    "permits",
    "photo_looks",
    "pipeline_runs",
    "reorg_moves",
    "reorg_plans",
    "schedule_firings",
    "schedules",
    "search_documents",
    "search_numbers",
    "slot_reservations",
    "search_words",
    "pipeline_steps",
    "project_build_commands",
    "suggestion_tallies",
    "thumbnails",
}
"What is not the inventory: how it was worked on, what can be made again, and what comes from elsewhere."


def lines(client: FlaskClient) -> list[dict[str, Any]]:
    answer = client.get("/export.jsonl")
    assert (answer.status_code, answer.mimetype) == (200, "application/jsonl")
    return [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]


def filled(client: FlaskClient) -> str:
    """Make one of nearly everything; returns the part."""
    box = new_box()
    part = new_part("NE555P")
    put_stock(part, box, 1, 7, UUID(int=1))
    client.post(f"/parts/{part}/stock/use", json={"quantity": 2, "command_id": str(UUID(int=2))})
    client.post("/types", json={"name": "Timer"})
    client.put(f"/boxes/{box}/types", json={"types": ["Timer"]})
    client.patch(f"/parts/{part}", json={"type": "timer", "tags": ["dip"], "description": '=1+1 "Timer"\nclassic'})
    client.post(f"/parts/{part}/documents", json={"url": "https://example.com/ne555.pdf"})
    new_suggestion(part, SuggestionField.TYPE, "Sensor")
    project = client.post("/projects", json={"name": "Clock"}).get_json()["links"]["self"]
    client.post(f"{project}/requirements", json={"requirements": [{"part": part, "quantity": 1}]})
    client.post("/shopping", json={"part": part, "quantity": 4})
    with session_scope() as session:
        TagService.add_synonym(session, "dip", "through-hole-ic")
    return part


def test_every_table_is_exported_or_known_not_to_be() -> None:
    text = " ".join(str(query) for query in KINDS.values())
    exported = {name for name in Base.metadata.tables if re.search(rf"\b{name}\b", text)}

    assert exported | _NOT_EXPORTED == set(Base.metadata.tables)


def test_export_holds_each_noun_and_says_that_it_is_whole(client: FlaskClient) -> None:
    part = filled(client)
    first, *objects, last = lines(client)

    assert (first["kind"], first["format"], last) == ("partflow", 1, {"kind": "end", "objects": len(objects)})
    kinds = Counter(each["kind"] for each in objects)
    assert kinds == {
        "type": 1, "tag_synonym": 1, "box": 1, "part": 1, "document": 1, "placement": 1,
        "command": 2, "change": 2, "suggestion": 1,
        "project": 1, "requirement": 1, "shopping_line": 1,
    }  # fmt: skip
    one = {each["kind"]: each for each in objects}
    assert (one["part"]["id4"], one["part"]["type"], one["part"]["tags"]) == (part, "Timer", ["dip"])
    assert (one["box"]["types"], one["placement"]["slot"], one["placement"]["quantity"]) == (["Timer"], "1-1", 5)
    assert sum(each["delta_qty"] for each in objects if each["kind"] == "change") == 5


def test_export_of_nothing_is_whole(client: FlaskClient) -> None:
    assert [each["kind"] for each in lines(client)] == ["partflow", "end"]


def test_export_sees_one_moment(client: FlaskClient) -> None:
    part = new_part("NE555P")
    with snapshot_scope() as session:
        exported = ExportService.export_json_lines(session)
        next(exported)
        with session_scope() as other:
            other.execute(update(Part).values(manufacturer_code="LM358"))
        text = "".join(exported)

    assert '"manufacturer_code":"NE555P"' in text
    assert client.get(f"/parts/{part}").get_json()["manufacturer_code"] == "LM358"


def test_csv_has_a_row_for_each_slot(client: FlaskClient) -> None:
    part = filled(client)
    put_stock(part, 1, 3, 4, uuid4())
    new_part()
    answer = client.get("/export.csv")
    text = answer.get_data().decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["id4"] == part]

    assert answer.mimetype == "text/csv"
    assert [(row["slot"], row["quantity"], row["type"], row["tags"]) for row in rows] == [
        ("1-1", "5", "Timer", "dip"),
        ("1-3", "4", "Timer", "dip"),
    ]
    assert rows[0]["description"] == '\'=1+1 "Timer"\nclassic'
    assert sum(row["quantity"] == "0" for row in csv.DictReader(io.StringIO(text))) == 1


def test_export_gives_its_connection_back_when_nobody_reads_on(client: FlaskClient) -> None:
    new_part("NE555P")
    for _ in range(20):
        client.get("/export.jsonl", buffered=False).close()

    assert get_engine().pool.checkedout() == 0  # type: ignore[attr-defined]  # a queue pool counts
