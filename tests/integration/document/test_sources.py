"""The addresses of a part's datasheet are kept with what they sent last, whatever becomes of the run."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from clients.object_store import Bucket
from engine.ledger.ledger import Claim
from models import DatasheetSource
from models.session import session_scope
from schemas.datasheet import DatasheetLead, Validators, Verdict
from schemas.step import CandidateOutcome
from services.datasheet import DatasheetCandidateService, DatasheetSourceService, validators_of
from services.part_merge import PartMergeService
from tasks.fetch import FetchCandidate
from tasks.objects import write
from tests.support.rows import new_part, new_run

URL = "https://example.com/ne555.pdf"
SENT = {
    "final_url": "https://example.com/v2/ne555.pdf",
    "etag": '"2"',
    "last_modified": "Tue, 05 Mar 2024 09:00:00 GMT",
}


def fetch(part: str, verdict: Verdict, url: str = URL, **more: str | None) -> UUID:
    """Record for a run what became of its only candidate."""
    run_id = new_run(part)
    outcome = CandidateOutcome.model_validate({"verdict": verdict, "detail": "why", **more})
    with session_scope() as session:
        DatasheetCandidateService.replace(session, run_id, [DatasheetLead(url=url, source="user")])
    with session_scope() as session:
        FetchCandidate().record(session, Claim(run_id, "datasheet.fetch", 0, 1, 0, part, None), outcome)
    return run_id


def sources(part: str) -> list[DatasheetSource]:
    with session_scope() as session:
        return list(DatasheetSourceService.list(session, part))


@pytest.fixture
def part(database: str) -> str:
    return new_part("NE555P")


def test_what_an_address_sent_outlives_its_run(part: str) -> None:
    sha256 = write(Bucket.DOCS, b"a datasheet", "application/pdf")
    run_id = fetch(part, Verdict.OK, sha256=sha256, seen_sha256=sha256, **SENT)
    with session_scope() as session:
        session.execute(text("DELETE FROM pipeline_runs WHERE id = :id"), {"id": run_id})

    (source,) = sources(part)
    assert (source.url, source.verdict, source.sha256) == (URL, Verdict.OK, sha256)
    assert validators_of(source) == Validators(
        url=SENT["final_url"], etag=SENT["etag"], last_modified=SENT["last_modified"]
    )


def test_address_that_sends_nothing_any_more_has_its_reason_and_no_validators(part: str) -> None:
    fetch(part, Verdict.WRONG_PART, seen_sha256="a" * 64, **SENT)
    fetch(part, Verdict.UNREACHABLE)

    (source,) = sources(part)
    assert (source.verdict, source.sha256, validators_of(source)) == (Verdict.UNREACHABLE, None, None)


def test_merge_moves_addresses_and_keeps_each_once(part: str) -> None:
    other = new_part("NE555P")
    fetch(part, Verdict.UNREACHABLE)
    fetch(part, Verdict.UNREACHABLE, "https://example.com/old.pdf")
    fetch(other, Verdict.WRONG_PART, seen_sha256="a" * 64)
    with session_scope() as session:
        PartMergeService.merge(session, part, into=other, command_id=uuid4())

    assert {source.url: source.verdict for source in sources(other)} == {
        URL: Verdict.WRONG_PART,
        "https://example.com/old.pdf": Verdict.UNREACHABLE,
    }
    assert sources(part) == []
