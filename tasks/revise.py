"""The step that keeps a later datasheet beside the one that is there."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from models import Document, Part
from schemas.datasheet import Verdict
from schemas.document import DocumentKind
from schemas.evidence import Evidence, EvidenceKind
from schemas.ledger import Gap
from schemas.step import RevisedDatasheet
from schemas.suggestion import DatasheetValue, SuggestionField
from services.datasheet import DatasheetCandidateService, changes_between, edition_of
from services.document import DocumentService
from services.part import PartService
from services.suggestion import RefusalService, SuggestionService
from settings import get_settings
from tasks.ingest import Accepted, accepted, index, ingested, name_of
from tasks.refresh import known


class Later(NamedTuple):
    """A file that comes after the datasheet of a part, whose pages are known."""

    found: Accepted
    is_from_origin: bool
    document: int
    pages: tuple[str, ...]
    page_count: int


class ReviseDatasheet(Step[Later, RevisedDatasheet]):
    """Keep a later file beside the datasheet, index it, and make or propose it the datasheet."""

    name = "datasheet.revise"
    queue = Queue.INGEST
    output = RevisedDatasheet

    def load(self, session: Session, claim: Claim) -> Later:
        """Return the file that the run found.

        Raises:
            NotNeeded: it found none that the part lacks, or a person refused it before.
            Permanent: the file was collected as garbage since.
        """
        part, datasheet = known(session, claim)
        passed = [each for each in DatasheetCandidateService.list(session, claim.run_id) if each.verdict == Verdict.OK]
        if not passed or passed[0].blob_sha256 is None:
            raise NotNeeded("no address has a later datasheet")
        found, is_from_origin = accepted(passed[0]), passed[0].index == 0
        if RefusalService.find(session, part.id4, SuggestionField.DATASHEET, {"sha256": found.sha256}, ()):
            raise NotNeeded("a person refused this file as the datasheet")
        pages = DocumentService.list_first_pages(
            session, datasheet.blob_sha256 or "", get_settings().pdf.max_read_pages
        )
        count = datasheet.blob.page_count if datasheet.blob else None
        return Later(found, is_from_origin, datasheet.id, pages, count or len(pages))

    def work(self, given: Later) -> RevisedDatasheet:
        """Read the file, and compare it with the datasheet page by page."""
        later = ingested(given.found)
        editions = edition_of(given.pages, given.page_count), edition_of(later.pages, later.page_count)
        changes = changes_between(given.pages, later.pages, editions=editions)
        return RevisedDatasheet(
            **dict(later),
            document=given.document,
            changes=changes,
            succeeds=given.is_from_origin or editions[0].is_older_than(editions[1]),
        )

    def record(self, session: Session, claim: Claim, output: RevisedDatasheet) -> Gap | None:
        """Write blob, pages, chapters and document, and propose it unless it says that it is older."""
        index(session, output)
        part = PartService.lock(session, claim.subject or "")
        changes = output.changes
        document = DocumentService.attach(
            session,
            part.id4,
            DocumentKind.PDF,
            sha256=output.sha256,
            public_url=output.url,
            filename=name_of(output.url),
            evidence=output.evidence,
            revision_of=output.document if session.get(Document, output.document) else None,
            changes=changes,
        )
        if not changes.after.is_older_than(changes.before):
            _propose(session, claim, part, document, output)
        return None


def _propose(session: Session, claim: Claim, part: Part, document: int, output: RevisedDatasheet) -> None:
    changes, evidence = output.changes, output.evidence
    value = DatasheetValue(
        sha256=output.sha256, document=document, before=changes.before, after=changes.after, summary=changes.summary
    )
    reason = Evidence(
        kind=EvidenceKind.DATASHEET,
        quote=(evidence and (evidence.quote or evidence.reason)) or changes.summary,
        source=output.url,
        page=evidence and evidence.page,
    )
    SuggestionService.propose(
        session,
        part,
        SuggestionField.DATASHEET,
        value.model_dump(mode="json"),
        run_id=claim.run_id,
        confidence=(evidence and evidence.confidence) or 0.5,
        evidence=[reason],
        accept_from=0.0 if output.succeeds and get_settings().refresh.adopt == "adopt" else None,
    )


revise_datasheet = as_task(ReviseDatasheet())
