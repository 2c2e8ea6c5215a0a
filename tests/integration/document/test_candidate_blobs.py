"""The file of a datasheet candidate is a blob: the migration, garbage collection, and steps that meet neither."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clients.object_store import Bucket
from engine.ledger.ledger import Claim, Ending, Ledger
from models import Blob, DatasheetCandidate, PipelineRun
from models.session import session_scope
from schemas.datasheet import DatasheetLead, Verdict
from schemas.errors import Permanent, Transient
from schemas.ledger import Gap, StepState
from schemas.step import CandidateOutcome, ChosenDatasheet
from services.datasheet import DatasheetCandidateService
from tasks import garbage
from tasks.fetch import FetchCandidate
from tasks.ingest import IngestDatasheet
from tasks.inventory import CHOOSE_DATASHEET
from tasks.objects import write
from tests.support.migrating import Migrating
from tests.support.plans import CHANGES, explain, scans
from tests.support.rows import new_run, objects

BEFORE, REVISION = "4c1f0a7d92e6", "b7e02d51c3f8"
BLOBS = "SELECT index, blob_sha256, verdict FROM datasheet_candidates ORDER BY index"
NONE = "f" * 64


def test_filled_tables_go_up_and_down(migrating: Migrating) -> None:
    migrating.upgrade(REVISION)
    assert migrating.rows(BLOBS) == [(0, "a" * 64, "ok"), (1, None, "ok"), (2, None, None)]
    before = migrating.content()
    migrating.downgrade(BEFORE)
    assert migrating.content() == before
    migrating.run("UPDATE datasheet_candidates SET blob_sha256 = repeat('f', 64) WHERE index = 1")
    migrating.upgrade(REVISION)
    assert migrating.content() == before


def outcome(sha256: str) -> CandidateOutcome:
    return CandidateOutcome(verdict=Verdict.OK, detail="it names the part", sha256=sha256, confidence=0.9)


def judged_run(*contents: bytes) -> UUID:
    """Insert a run whose candidates have passed."""
    run_id = new_run()
    stored = [write(Bucket.DOCS, content, "application/pdf") for content in contents]
    with session_scope() as session:
        leads = [DatasheetLead(url=f"https://example.com/{index}.pdf", source="user") for index in range(len(contents))]
        DatasheetCandidateService.replace(session, run_id, leads)
        session.flush()
        for index, sha256 in enumerate(stored):
            DatasheetCandidateService.record_verdict(session, run_id, index, outcome(sha256))
    return run_id


def end_long_ago() -> None:
    with session_scope() as session:
        session.execute(update(Blob).values(touched_at=func.now() - timedelta(days=30)))
        session.execute(update(PipelineRun).values(finished_at=func.now() - timedelta(days=30)))


def claim(run_id: UUID, name: str) -> Claim:
    return Claim(run_id, name, 0, 1, 0, None, None)


def test_garbage_is_deleted_and_the_verdict_stays(client: FlaskClient) -> None:
    judged_run(b"one")
    assert garbage.collect_garbage() == 0
    end_long_ago()
    assert garbage.collect_garbage() == 1
    assert objects(client) == []
    with session_scope() as session:
        candidate = session.scalars(select(DatasheetCandidate)).one()
        assert (candidate.verdict, candidate.blob_sha256) == (Verdict.OK, None)


def test_bytes_that_no_row_knows_are_refused(database: str) -> None:
    run_id = judged_run(b"one")
    with pytest.raises(IntegrityError, match="fk_datasheet_candidates_blob_sha256"), session_scope() as session:
        DatasheetCandidateService.record_verdict(session, run_id, 0, outcome(NONE))


def test_verdict_on_a_file_that_is_gone_is_tried_again(database: str) -> None:
    run_id = judged_run(b"one")
    with session_scope() as session, pytest.raises(Transient) as raised:
        FetchCandidate().record(session, claim(run_id, "datasheet.fetch"), outcome(NONE))
    assert raised.value.code == "store_missing"


def test_verdict_keeps_its_file_from_collection(database: str) -> None:
    run_id = judged_run(b"one")
    end_long_ago()
    with session_scope() as session:
        sha256 = session.scalars(select(Blob.sha256)).one()
        FetchCandidate().record(session, claim(run_id, "datasheet.fetch"), outcome(sha256))
    assert garbage.collect_garbage() == 0


def test_candidates_whose_files_are_gone_are_neither_chosen_nor_duplicates(database: str) -> None:
    run_id = judged_run(b"one", b"two", b"three")
    with session_scope() as session:
        candidates = DatasheetCandidateService.list(session, run_id)
        session.execute(delete(Blob).where(Blob.sha256.in_([each.blob_sha256 for each in candidates[:2]])))
        session.expire_all()
        assert CHOOSE_DATASHEET.work(candidates) == ChosenDatasheet(index=2)


def test_choice_among_files_that_are_gone_searches_again(database: str) -> None:
    run_id = judged_run(b"one")
    with session_scope() as session:
        session.execute(delete(Blob))
        choice = CHOOSE_DATASHEET.work(DatasheetCandidateService.list(session, run_id))
        gap = CHOOSE_DATASHEET.record(session, claim(run_id, "datasheet.choose"), choice)
    assert isinstance(gap, Gap)
    assert (gap.reason, gap.transient) == ("store_missing", True)


def choose(session: Session, run_id: UUID) -> None:
    """Record that the first candidate was chosen."""
    session.execute(text("UPDATE pipeline_steps SET name = 'datasheet.choose' WHERE name = 'part.identify'"))
    first = Ledger.claim(session, run_id, "datasheet.choose", 0, epoch=0, lease=30, worker="w")
    assert first
    Ledger.record(session, first, Ending(state=StepState.SUCCEEDED, output={"index": 0}))


def test_chosen_file_that_is_gone_is_a_gap(database: str) -> None:
    run_id = judged_run(b"one")
    with session_scope() as session:
        choose(session, run_id)
        session.execute(delete(Blob))
        with pytest.raises(Permanent) as raised:
            IngestDatasheet().load(session, claim(run_id, "datasheet.ingest"))
    assert raised.value.code == "store_missing"


@pytest.mark.parametrize(("length", "kept"), [(2000, "https://final"), (2001, "https://example.com/0.pdf")])
def test_address_that_redirects_made_too_long_is_not_kept(database: str, length: int, kept: str) -> None:
    run_id = judged_run(b"one")
    with session_scope() as session:
        choose(session, run_id)
        session.execute(update(DatasheetCandidate).values(final_url="https://final".ljust(length, "x")))
        accepted = IngestDatasheet().load(session, claim(run_id, "datasheet.ingest"))
    assert accepted.url.startswith(kept)


def test_deleting_a_blob_finds_its_candidates_by_an_index(database: str, engine: Engine) -> None:
    new_run()
    with session_scope() as session:
        session.execute(
            text(
                "INSERT INTO datasheet_candidates (run_id, index, url, source)"
                " SELECT id, n, 'u', 's' FROM pipeline_runs, generate_series(1, 20000) n"
            )
        )
        session.execute(text("ANALYZE datasheet_candidates"))
    forgotten = update(DatasheetCandidate).where(DatasheetCandidate.blob_sha256 == NONE).values(blob_sha256=None)
    (plan,) = explain(engine, lambda session: session.execute(forgotten), CHANGES)
    assert list(scans(plan["Plan"])) == ["ix_datasheet_candidates_blob_sha256"]
