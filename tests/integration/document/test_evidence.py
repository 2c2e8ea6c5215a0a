"""Where a datasheet comes from: kept on its document, shown everywhere, and there when its run is gone."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from clients.object_store import Bucket
from engine.ledger.ledger import Claim
from models import DatasheetCandidate
from models.session import session_scope
from schemas.datasheet import DatasheetLead, Verdict
from schemas.step import CandidateOutcome, ChosenDatasheet
from services.datasheet import DatasheetCandidateService, evidence_of
from tasks import documents, retention
from tasks.ingest import Accepted, IngestDatasheet
from tasks.objects import write
from tests.support import pdfs
from tests.support.files import pdf, picture
from tests.support.rows import new_part, new_run, upload

URL = "https://example.com/ne555.pdf"
EVIDENCE = {
    "reason": "the document names NE555 on its first page",
    "confidence": 0.93,
    "page": 1,
    "quote": "NE555 precision timer",
    "source": "catalogue:kicad",
    "url": URL,
}


def found_for(part: str, content: bytes) -> UUID:
    """Carry out for a part what a run does with a candidate that passed."""
    run_id, sha256 = new_run(part), write(Bucket.DOCS, content, "application/pdf")
    outcome = CandidateOutcome(
        verdict=Verdict.OK,
        detail=str(EVIDENCE["reason"]),
        sha256=sha256,
        confidence=0.93,
        page=1,
        quote=str(EVIDENCE["quote"]),
    )
    with session_scope() as session:
        lead = DatasheetLead(url=URL, source="catalogue:kicad")
        DatasheetCandidateService.replace(session, run_id, [lead])
        session.flush()
        DatasheetCandidateService.record_verdict(session, run_id, 0, outcome)
        DatasheetCandidateService.record_choice(session, run_id, ChosenDatasheet(index=0))
        candidate = DatasheetCandidateService.find(session, run_id, 0)
        assert candidate
        given = Accepted(sha256, URL, evidence_of(candidate, url=URL))
    step = IngestDatasheet()
    output = step.work(given)
    with session_scope() as session:
        step.record(session, Claim(run_id, step.name, 0, 1, 0, part, None), output)
    return run_id


def datasheets(client: FlaskClient, part: str) -> list[dict[str, Any]]:
    return [each for each in client.get(f"/parts/{part}").get_json()["documents"] if each["is_datasheet"]]


def forget_runs() -> None:
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET state = 'succeeded', finished_at = now() - interval '999 days'"))
    retention.forget.run()


def test_evidence_is_shown_in_part_document_run_and_export(client: FlaskClient) -> None:
    part = new_part("NE555P")
    run_id = found_for(part, pdf())
    (document,) = datasheets(client, part)
    assert document["evidence"] == EVIDENCE
    assert client.get(f"/documents/{document['id']}").get_json()["evidence"] == EVIDENCE
    (candidate,) = client.get(f"/pipelines/runs/{run_id}").get_json()["candidates"]
    assert {name: candidate[name] for name in ("detail", "confidence", "page", "quote")} == {
        "detail": EVIDENCE["reason"],
        "confidence": 0.93,
        "page": 1,
        "quote": EVIDENCE["quote"],
    }
    lines = map(json.loads, client.get("/export.jsonl").get_data(as_text=True).splitlines())
    assert [line["evidence"] for line in lines if line["kind"] == "document"] == [EVIDENCE]


def test_evidence_outlives_its_run(client: FlaskClient) -> None:
    part = new_part("NE555P")
    run_id = found_for(part, pdf())
    forget_runs()
    assert client.get(f"/pipelines/runs/{run_id}").status_code == 404
    with session_scope() as session:
        assert session.query(DatasheetCandidate).count() == 0
    assert [each["evidence"] for each in datasheets(client, part)] == [EVIDENCE]


def test_what_a_person_uploads_has_no_evidence(client: FlaskClient) -> None:
    document = upload(client, new_part(), pdf(), is_datasheet="true").get_json()
    assert (document["is_datasheet"], document["evidence"]) == (True, None)


def test_file_that_a_person_uploaded_gets_evidence_when_it_is_found(client: FlaskClient) -> None:
    part = new_part("NE555P")
    upload(client, part, pdf(), is_datasheet="true")
    found_for(part, pdf())
    (document,) = datasheets(client, part)
    assert (document["datasheet_by"], document["evidence"]) == ("person", EVIDENCE)


@pytest.mark.parametrize("has_it_too", [True, False])
def test_merge_keeps_evidence(client: FlaskClient, has_it_too: bool) -> None:
    source, target = new_part("NE555P"), new_part("NE555P")
    found_for(source, pdf())
    if has_it_too:
        upload(client, target, pdf(), is_datasheet="true")
    answer = client.post(f"/parts/{source}/merge", json={"into": target, "command_id": str(uuid4())})
    assert answer.status_code == 200
    assert [each["evidence"] for each in datasheets(client, target)] == [EVIDENCE]


def test_found_pdf_has_its_chapters_at_once(client: FlaskClient) -> None:
    part = new_part("NE555P")
    found_for(part, pdfs.chaptered())
    (document,) = datasheets(client, part)
    shown = client.get(f"/documents/{document['id']}").get_json()
    assert [(each["title"], each["level"], each["page"]) for each in shown["chapters"]] == list(pdfs.CHAPTERS)
    assert [each["label"] for each in shown["chapters"]] == ["i", "1", "1", "2"]
    assert shown["properties"]["page_labels"] == ["i", "1", "2"]
    assert shown["properties"]["author"] == "A Maker"


def test_uploaded_pdf_has_its_chapters_when_it_is_prepared(client: FlaskClient) -> None:
    document = upload(client, new_part(), pdfs.chaptered()).get_json()
    address = f"/documents/{document['id']}"
    before = client.get(address).get_json()
    assert (before["properties"], before["chapters"]) == (None, None)
    documents.prepare_document(document["sha256"])
    documents.prepare_document(document["sha256"])
    assert len(client.get(address).get_json()["chapters"]) == len(pdfs.CHAPTERS)


def test_active_content_is_shown(client: FlaskClient) -> None:
    content = pdfs.with_root(OpenAction=pdfs.action("Launch"))
    document = upload(client, new_part(), content).get_json()
    documents.prepare_document(document["sha256"])
    shown = client.get(f"/documents/{document['id']}").get_json()
    assert (shown["properties"]["active"], shown["chapters"]) == (["launch"], [])


def test_picture_has_no_structure(client: FlaskClient) -> None:
    document = upload(client, new_part(), picture(), name="a.png").get_json()
    documents.prepare_document(document["sha256"])
    shown = client.get(f"/documents/{document['id']}").get_json()
    assert (shown["properties"], shown["chapters"]) == (None, None)
