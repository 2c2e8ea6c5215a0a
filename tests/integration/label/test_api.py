import io
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from PIL import Image

from clients.files.pdf_reader import PdfReader
from clients.markings.reader import MarkingReader
from models.session import get_engine
from schemas.label import SHEETS
from settings.groups import PdfSettings
from tests.support.rows import new_box, new_part
from tests.support.statements import statements

CUSTOM = {
    "page_width": 100,
    "page_height": 50,
    "label_width": 40,
    "label_height": 20,
    "columns": 2,
    "rows": 2,
    "margin_left": 5,
    "margin_top": 2,
}


def said(pdf: bytes) -> list[str]:
    return [line for page in PdfReader(PdfSettings()).read(pdf).pages for line in page.split("\n")]


@pytest.mark.parametrize("code", ["code128", "datamatrix"])
def test_part_has_a_label_that_scanners_read(client: FlaskClient, code: str) -> None:
    part = new_part("NE555P")
    answer = client.get(f"/parts/{part.lower()}/label.png", query_string={"code": code})
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.data)).size == (591, 296)
    assert [each.text for each in MarkingReader().read(answer.data).codes] == [part]


def test_label_of_a_part_shows_its_number(client: FlaskClient) -> None:
    part = new_part("NE555P")
    answer = client.get(f"/parts/{part}/label.pdf", query_string={"width": 70, "height": 30})
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert said(answer.data) == [part, "NE555P"]


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_slot_has_a_label(client: FlaskClient, kind: str) -> None:
    box_no = new_box()
    answer = client.get(f"/slots/{box_no}-3/label.{kind}", query_string={"code": "datamatrix"})
    assert answer.status_code == 200
    if kind == "pdf":
        assert said(answer.data) == [f"{box_no}-3", "a box"]
    else:
        assert [each.text for each in MarkingReader().read(answer.data).codes] == [f"{box_no}-3"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/parts/ZZZZ/label.pdf", 404),
        ("/parts/ZZZZ/label.png", 404),
        ("/slots/1-1/label.pdf", 404),
        ("/slots/999999-999999/label.png", 404),
        ("/slots/first/label.pdf", 400),
        ("/slots/1-1/label.pdf?width=9", 400),
        ("/slots/1-1/label.pdf?height=nan", 400),
        ("/slots/1-1/label.png?dpi=10000", 400),
        ("/parts/ZZZZ/label.png?code=qr", 400),
        ("/parts/ZZZZ/label.png?colour=red", 400),
    ],
)
def test_wrong_label_is_refused(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_label_too_narrow_for_its_bars_is_refused(client: FlaskClient) -> None:
    part, shape = new_part(), {"width": 15, "height": 15, "code": "code128"}
    for kind in ("pdf", "png"):
        answer = client.get(f"/parts/{part}/label.{kind}", query_string=shape)
        assert (answer.status_code, answer.get_json()["details"]) == (422, {"field": "width"})


def test_sheet_has_all_labels_in_order(client: FlaskClient) -> None:
    first, second, box_no = new_part("NE555P"), new_part(), new_box()
    labels = [{"part": second}, {"slot": f"{box_no}-1"}, {"part": first.lower(), "copies": 2}]
    answer = client.post("/labels", json={"labels": labels, "sheet": "5160", "start": 30})
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert said(answer.data) == [second, f"{box_no}-1", "a box", first, "NE555P", first, "NE555P"]


def test_label_of_a_merged_part_is_that_of_the_other(client: FlaskClient) -> None:
    gone, part = new_part("NE555"), new_part("NE555P")
    client.post(f"/parts/{gone}/merge", json={"into": part, "command_id": str(uuid4())})
    sheet = client.post("/labels", json={"labels": [{"part": gone}]})
    single = client.get(f"/parts/{gone}/label.pdf", query_string={"width": 70, "height": 30})
    assert said(sheet.data) == said(single.data) == [part, "NE555P"]


def test_sheet_may_have_its_own_measures(client: FlaskClient) -> None:
    answer = client.post("/labels", json={"labels": [{"part": new_part(), "copies": 5}], "sheet": CUSTOM})
    assert PdfReader(PdfSettings()).count(answer.data) == 2


def test_many_labels_cost_two_questions(client: FlaskClient) -> None:
    labels = [{"part": new_part()} for _ in range(20)]
    with statements(get_engine()) as sent:
        assert client.post("/labels", json={"labels": labels}).status_code == 200
    assert sum(each.startswith("SELECT") for each in sent) <= 3


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"labels": []}, 400),
        ({"labels": [{}]}, 400),
        ({"labels": [{"part": "ABCD", "slot": "1-1"}]}, 400),
        ({"labels": [{"part": "A1"}]}, 400),
        ({"labels": [{"slot": "0-1"}]}, 400),
        ({"labels": [{"slot": "1-1", "copies": 100}] * 21}, 400),
        ({"sheet": "L9999"}, 400),
        ({"sheet": CUSTOM | {"columns": 3}}, 400),
        ({"start": 22}, 400),
        ({"start": 0}, 400),
        ({"labels": [{"part": "ZZZZ"}]}, 404),
        ({"labels": [{"slot": "1-1"}]}, 404),
    ],
)
def test_wrong_sheet_is_refused(client: FlaskClient, change: dict[str, Any], status: int) -> None:
    body = {"labels": [{"slot": "1-1"}]} | change
    assert client.post("/labels", json=body).status_code == status


def test_known_sheets_are_listed(client: FlaskClient) -> None:
    assert set(client.get("/labels/sheets").get_json()["sheets"]) == set(SHEETS)
