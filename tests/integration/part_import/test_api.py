"""Importing tables of parts: what is said beforehand, and what happens."""

import csv
import io
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from engine.ledger.dispatch import DispatchService
from engine.step.finish import finish_run
from models import History, Part, PartImport, PartLocation, PipelineRun, StockCommand
from models.session import session_scope
from services.idempotency import IdempotencyService
from services.part import PartService
from services.type import TypeService
from tasks.imports import apply_import
from tests.support.rows import new_box, new_part, put_stock

TABLE = "MPN,Manufacturer,Description,Qty,Location\nNE555P,TI,Timer,10,1-1\nLM358,TI,Op amp,5,1-2\n"


def hand_in(client: FlaskClient, table: str | bytes, *, key: str | None = None, **form: Any) -> TestResponse:
    content = table.encode() if isinstance(table, str) else table
    return client.post(
        "/imports",
        data={"file": (io.BytesIO(content), "parts.csv"), **form},
        content_type="multipart/form-data",
        headers={"Idempotency-Key": key} if key else {},
    )


def preview(client: FlaskClient, table: str, **form: Any) -> list[tuple[int, str, str | None]]:
    """Return line, action and the first problem, else the booking, of each row."""
    answer = hand_in(client, table, dry_run="true", **form)
    assert answer.status_code == 200, answer.get_json()
    return [
        (row["line"], row["action"], row["problems"][0]["message"] if row["problems"] else row["stock"])
        for row in answer.get_json()["rows"]
    ]


def carry_out(import_id: str) -> None:
    """Do what a worker does for an import."""
    with session_scope() as session:
        run_id = session.scalars(select(PartImport.run_id).where(PartImport.id == UUID(import_id))).one()
        assert run_id
        run = DispatchService.raise_epoch(session, run_id)
    if run:
        apply_import.apply(args=(str(run_id), 0, run.epoch))
        finish_run.apply(args=(str(run_id), 0, run.epoch))


def imported(client: FlaskClient, table: str, **form: Any) -> dict[str, Any]:
    answer = hand_in(client, table, **form)
    assert answer.status_code == 202, answer.get_json()
    carry_out(answer.get_json()["id"])
    shown: dict[str, Any] = client.get(answer.headers["Location"]).get_json()
    return shown


def stock() -> dict[str, int]:
    """Return how many lie where, by number and slot."""
    with session_scope() as session:
        rows = session.execute(
            select(Part.manufacturer_code, PartLocation.box_no, PartLocation.loc_no, PartLocation.qty).join(
                Part, Part.id4 == PartLocation.part_id4
            )
        )
        return {f"{row.manufacturer_code} {row.box_no}-{row.loc_no}": row.qty for row in rows}


def counted(table: type[Part | PartImport | History | StockCommand]) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_dry_run_says_row_by_row_what_would_happen(client: FlaskClient) -> None:
    new_box()
    new_part("LM358")

    assert preview(client, TABLE) == [(2, "create", "receive 10 into 1-1"), (3, "update", "receive 5 into 1-2")]
    assert (counted(Part), stock()) == (1, {})


def test_import_makes_parts_and_books_stock(client: FlaskClient) -> None:
    new_box()
    shown = imported(client, TABLE)

    assert (shown["state"], shown["error"], shown["progress"]) == ("succeeded", None, {"done": 2, "total": 2})
    assert shown["report"] == {"counts": {"create": 2, "update": 0, "unchanged": 0, "bad": 0, "kept": 0}, "bad": []}
    assert stock() == {"NE555P 1-1": 10, "LM358 1-2": 5}
    part = client.get("/parts?code=ne-555p").get_json()["parts"][0]
    assert (part["manufacturer"], part["description"]) == ("TI", "Timer")


def test_same_file_is_imported_once_unless_a_key_says_again(client: FlaskClient) -> None:
    new_box()
    first = imported(client, TABLE)
    second = hand_in(client, TABLE)
    carry_out(second.get_json()["id"])

    assert (second.get_json()["id"], second.headers["Idempotency-Replayed"]) == (first["id"], "true")
    assert stock()["NE555P 1-1"] == 10
    carry_out(hand_in(client, TABLE, key="again").get_json()["id"])
    assert (stock()["NE555P 1-1"], counted(Part)) == (20, 2)


def test_key_is_good_for_one_file_and_its_options(client: FlaskClient) -> None:
    first, again = (hand_in(client, "MPN\nNE555P\n", key="k") for _ in range(2))
    other_file = hand_in(client, "MPN\nLM358\n", key="k")
    other_options = hand_in(client, "MPN\nNE555P\n", key="k", skip_bad_rows="true")

    assert (first.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (202, 202, "true")
    assert again.get_json()["id"] == first.get_json()["id"]
    assert (other_file.status_code, other_options.status_code, counted(PartImport)) == (422, 422, 1)


def test_key_of_an_import_in_progress_is_a_conflict(client: FlaskClient) -> None:
    with session_scope() as first:
        IdempotencyService.replay(first, "imports", "k", "whatever")
        assert hand_in(client, TABLE, key="k").status_code == 409


def test_step_that_dies_after_its_commit_books_nothing_twice(client: FlaskClient) -> None:
    new_box()
    started = hand_in(client, TABLE).get_json()
    carry_out(started["id"])
    with session_scope() as session:
        run_id = session.scalars(select(PartImport.run_id)).one()
        assert run_id
        DispatchService.reopen(session, run_id, first=0)
    carry_out(started["id"])

    assert client.get(f"/imports/{started['id']}").get_json()["state"] == "succeeded"
    assert (stock()["NE555P 1-1"], counted(StockCommand), counted(History)) == (10, 2, 2)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("NE555P,TI,Timer,many,1-1", "quantity 'many': expected a whole number of pieces"),
        ("NE555P,TI,Timer,1,9-1", "location 9-1 does not exist; add its box first"),
        ("NE555P,TI,Timer,1,1-3", "already lies in 1-3; choose another slot, or set share to put both there"),
    ],
)
def test_file_with_a_bad_row_imports_nothing(client: FlaskClient, row: str, problem: str) -> None:
    put_stock(new_part("BC547"), new_box(), 3, 7, uuid4())
    answer = hand_in(client, f"{TABLE}{row}\n")

    assert answer.status_code == 422
    (bad,) = answer.get_json()["details"]["bad"]
    assert (bad["line"], problem in bad["problems"][0]["message"]) == (4, True)
    assert (counted(Part), stock()) == (1, {"BC547 1-3": 7})


def test_bad_rows_are_left_out_when_asked_to(client: FlaskClient) -> None:
    new_box()
    shown = imported(client, f"{TABLE}X1,,,1,9-1\nX2,,,one,\n", skip_bad_rows="true")

    assert (shown["state"], [row["line"] for row in shown["report"]["bad"]]) == ("partial", [4, 5])
    assert (shown["report"]["counts"]["create"], counted(Part)) == (2, 2)


def test_what_became_bad_since_it_was_checked_undoes_all(client: FlaskClient) -> None:
    box = new_box()
    started = hand_in(client, TABLE).get_json()
    put_stock(new_part("BC547"), box, 2, 7, uuid4())
    carry_out(started["id"])

    shown = client.get(f"/imports/{started['id']}").get_json()
    assert (shown["state"], [row["line"] for row in shown["report"]["bad"]]) == ("failed", [3])
    assert "nothing was imported: line 3" in shown["error"]
    assert (counted(Part), stock()) == (1, {"BC547 1-2": 7})


def fail_for_want_of_a_slot(client: FlaskClient) -> Any:
    """Have an import fail because of a part in its slot, take that part away, and return what was answered at first."""
    box = new_box()
    started = hand_in(client, TABLE).get_json()
    other = new_part("BC547")
    put_stock(other, box, 2, 7, uuid4())
    carry_out(started["id"])
    client.post(f"/parts/{other}/stock/use", json={"quantity": 7, "command_id": str(UUID(int=5))})
    return started


def test_failed_import_is_tried_again_when_it_is_sent_again(client: FlaskClient) -> None:
    fail_for_want_of_a_slot(client)

    assert imported(client, TABLE)["state"] == "succeeded"
    assert stock() == {"NE555P 1-1": 10, "LM358 1-2": 5}


def test_failed_import_whose_run_is_forgotten_is_tried_again_too(client: FlaskClient) -> None:
    started = fail_for_want_of_a_slot(client)
    with session_scope() as session:
        session.execute(delete(PipelineRun))

    assert client.get(f"/imports/{started['id']}").get_json()["state"] == "failed"
    assert imported(client, TABLE)["state"] == "succeeded"


def test_import_that_was_cancelled_too_late_says_what_it_did(client: FlaskClient) -> None:
    new_box()
    shown = imported(client, f"{TABLE}X1,,,1,9-1\n", skip_bad_rows="true")
    with session_scope() as session:
        session.execute(update(PipelineRun).values(state="cancelled"))

    assert (shown["state"], client.get(shown["links"]["self"]).get_json()["state"]) == ("partial", "partial")


def test_rows_of_one_part_make_one_part(client: FlaskClient) -> None:
    new_box()
    shown = imported(client, "MPN,Qty,Slot\nNE555P,1,1-1\nne-555p,2,1-2\nNE555P,3,1-1\n")

    assert (shown["state"], counted(Part)) == ("succeeded", 1)
    assert stock() == {"NE555P 1-1": 4, "NE555P 1-2": 2}


def test_quantity_without_slot_goes_where_it_suits(client: FlaskClient) -> None:
    put_stock(new_part("LM358"), new_box(), 2, 1, uuid4())

    assert imported(client, "MPN,Qty\nNE555P,4\nLM358,2\nNE555P,1\n")["state"] == "succeeded"
    assert stock() == {"LM358 1-2": 3, "NE555P 1-1": 5}


def test_full_boxes_are_said_beforehand(client: FlaskClient) -> None:
    new_box(capacity=1)
    rows = preview(client, "MPN,Qty\nA1,4\nB1,2\nA1,1\n")

    assert [action for _line, action, _why in rows] == ["create", "bad", "update"]


def test_quantities_can_be_what_lies_there_now(client: FlaskClient) -> None:
    put_stock(new_part("NE555P"), new_box(), 1, 7, uuid4())

    assert imported(client, "MPN,Qty,Slot\nNE555P,3,1-1\nLM358,2,1-2\n", quantities="set")["state"] == "succeeded"
    assert stock() == {"NE555P 1-1": 3, "LM358 1-2": 2}
    assert preview(client, "MPN,Qty\nLM358,1\n", quantities="set")[0][1] == "bad"


def test_quantity_of_nothing_books_nothing_unless_it_is_counted(client: FlaskClient) -> None:
    put_stock(new_part("NE555P"), new_box(), 1, 7, uuid4())
    table = "MPN,Qty,Slot\nNE555P,0,1-1\nLM358,0,1-2\n"

    assert [stock for _line, _action, stock in preview(client, table)] == [None, None]
    assert (imported(client, table)["state"], stock()) == ("succeeded", {"NE555P 1-1": 7})
    assert (imported(client, table, quantities="set")["state"], stock()) == ("succeeded", {})


def test_several_parts_of_one_number_ask_which_is_meant(client: FlaskClient) -> None:
    first, second = sorted([new_part("NE555P"), new_part("NE555P")])
    why = f"this row matches several parts ({first}, {second}); put the ID of one of them into column id4"

    assert preview(client, "MPN,Description\nNE555P,x\n") == [(2, "bad", why)]
    assert preview(client, f"id4,MPN,Description\n{first},NE555P,x\n") == [(2, "update", None)]


def test_another_makers_part_is_another_part(client: FlaskClient) -> None:
    with session_scope() as session:
        PartService.create(session, manufacturer_code="NE555P", manufacturer="ST")
    table = "MPN,Manufacturer\nNE555P,ST\nNE555P,Texas\n"

    assert [action for _line, action, _why in preview(client, table)] == ["unchanged", "create"]


def test_part_without_number_is_known_by_its_description(client: FlaskClient) -> None:
    table = 'Description,Tags\nScrew M3 × 10,"metal; screw"\n'
    assert imported(client, table)["report"]["counts"]["create"] == 1

    assert preview(client, table) == [(2, "unchanged", None)]


def test_unknown_types_are_added_only_when_asked_to(client: FlaskClient) -> None:
    table = "MPN,Category\nA1,Nixie Tube\n"

    assert "type Nixie Tube does not exist" in str(preview(client, table)[0][2])
    assert imported(client, table, add_types="true")["state"] == "succeeded"
    with session_scope() as session:
        assert TypeService.find(session, "nixie tube")


def test_columns_can_be_said(client: FlaskClient) -> None:
    columns = json.dumps({"Bestellnr.": "manufacturer_code", "Qty": None})

    assert preview(client, "Bestellnr.,Qty\nNE555P,many\n", columns=columns) == [(2, "create", None)]


@pytest.mark.parametrize(
    ("form", "status", "problem"),
    [
        ({"columns": "no json"}, 400, "columns"),
        ({"columns": '{"MPN": "colour"}'}, 400, "columns"),
        ({"quantities": "twice"}, 400, "quantities"),
        ({"colour": "red"}, 400, "colour"),
    ],
)
def test_wrong_form_is_refused(client: FlaskClient, form: dict[str, str], status: int, problem: str) -> None:
    answer = hand_in(client, TABLE, **form)

    assert (answer.status_code, problem in answer.get_json()["error"]) == (status, True)


def test_request_without_a_file_is_refused(client: FlaskClient) -> None:
    answer = client.post("/imports", data={"dry_run": "true"}, content_type="multipart/form-data")

    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, "file")


def test_file_over_a_limit_is_refused_with_its_name(client: FlaskClient) -> None:
    client.application.settings = client.application.settings.model_copy(  # type: ignore[attr-defined]  # it is our Flask
        update={"api": client.application.settings.api.model_copy(update={"max_import_mb": 0})}  # type: ignore[attr-defined]  # likewise
    )
    answer = hand_in(client, TABLE)

    assert (answer.status_code, "PARTFLOW_API_MAX_IMPORT_MB" in answer.get_json()["error"]) == (413, True)


def test_import_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"/imports/{UUID(int=1)}").status_code == 404


def test_edited_export_comes_back_as_a_stocktake(client: FlaskClient) -> None:
    box = new_box()
    put_stock(new_part("NE555P"), box, 1, 7, uuid4())
    client.patch(f"/parts/{new_part('LM358')}", json={"description": "-40 to 85 °C", "tags": ["op-amp"]})
    exported = client.get("/export.csv").get_data(as_text=True)
    rows = preview(client, exported, quantities="set")

    assert sorted(rows) == sorted([(2, *_row(exported, 1)), (3, *_row(exported, 2))])


def _row(exported: str, number: int) -> tuple[str, str | None]:
    row = list(csv.reader(io.StringIO(exported)))[number]
    return ("update", f"count {row[9]} in {row[8]}") if row[8] else ("unchanged", None)
