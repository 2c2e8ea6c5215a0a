"""Completing what is typed, and searching inside datasheets."""

import hashlib
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from models import Blob, Document, DocumentPage
from models.session import session_scope
from schemas.document import DocumentKind
from services.search import SearchIndexService
from tests.support.rows import new_box


@pytest.fixture
def suggest(client: FlaskClient) -> Callable[[str], list[tuple[str, str]]]:
    client.post("/types", json={"name": "Signal Relay"})
    client.post("/projects", json={"name": "Radio"})
    for code, maker, tag in (("NE555P", "Texas Instruments", "timer"), ("NE5532", "Texas Instruments", "op-amp")):
        client.post(
            "/parts",
            json={"manufacturer_code": code, "manufacturer": maker, "tags": [tag], "description": "Precision part"},
        )
    new_box()
    with session_scope() as session:
        SearchIndexService.learn(session)

    def suggest(query: str) -> list[tuple[str, str]]:
        answer = client.get("/search/suggest", query_string={"q": query})
        assert answer.status_code == 200
        return [(each["text"], each["kind"]) for each in answer.get_json()["completions"]]

    return suggest


def test_last_word_is_completed(suggest: Callable[[str], list[tuple[str, str]]]) -> None:
    assert suggest("ne55") == [("NE5532", "number"), ("NE555P", "number")]
    assert suggest("dual tim") == [("dual timer", "tag")]
    assert suggest("tex") == [("Texas Instruments", "maker"), ("texas", "word")]
    assert suggest("preci") == [("precision", "word")]
    assert ("type:", "filter") in suggest("ty")
    assert ("Signal Relay", "type") in suggest("sig")
    assert suggest("x") == suggest("") == []


def test_filters_are_completed(suggest: Callable[[str], list[tuple[str, str]]]) -> None:
    assert suggest("5V type:sig") == [('5V type:"Signal Relay"', "filter")]
    assert suggest("maker:tex") == [('maker:"Texas Instruments"', "filter")]
    assert suggest("tag:op") == [("tag:op-amp", "filter")]
    assert suggest("project:") == [("project:Radio", "filter")]
    assert suggest("has:d") == [("has:datasheet", "filter"), ("has:document", "filter")]
    assert suggest("in:") == [("in:stock", "filter")]
    assert suggest("box:1") == [("box:1", "filter")]
    assert suggest("qty:") == []


def test_datasheet_is_searched_and_its_page_shown(client: FlaskClient, database: str) -> None:
    part = client.post("/parts", json={"manufacturer_code": "LM358"}).get_json()["id4"]
    sha256 = hashlib.sha256(b"sheet").hexdigest()
    pages = ["Cover of the sheet", "The quiescent current drawn from the supply is independent of its magnitude."]
    with session_scope() as session:
        session.add(Blob(sha256=sha256, bucket="docs", s3_key=sha256, size=5, media_type="application/pdf"))
        session.flush()
        session.add(Document(part_id4=part, kind=DocumentKind.PDF, blob_sha256=sha256, is_datasheet=True))
        rows = [{"blob_sha256": sha256, "page": number, "text": text} for number, text in enumerate(pages, 1)]
        session.execute(insert(DocumentPage), rows)

    (hit,) = client.get("/search?q=quiescent current").get_json()["hits"]
    (fragment,) = hit["fragments"]

    assert (hit["id4"], hit["why"], fragment["field"], fragment["page"]) == (part, "datasheet", "datasheet", 2)
    assert [fragment["text"][start:end] for start, end in fragment["marks"]] == ["quiescent", "current"]
    assert client.get("/search?q=quiescent cover").get_json()["hits"] == []
    assert client.get("/search?q=quiescent current box:7").get_json()["hits"] == []
