"""Steps that read and store documents."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from clients.object_store import Bucket, content_key
from engine.ledger.ledger import Claim
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from models import DatasheetCandidate
from schemas.datasheet import DatasheetEvidence
from schemas.document import DocumentKind
from schemas.errors import Permanent, Refused
from schemas.ledger import Gap
from schemas.step import IngestedDatasheet
from schemas.text import MAX_ADDRESS
from services.datasheet import DatasheetCandidateService, evidence_of
from services.document import BlobService, DocumentService, StructureService
from services.part import PartService
from tasks.clients import pdf_reader
from tasks.inventory import CHOOSE_DATASHEET
from tasks.objects import read


class Accepted(NamedTuple):
    """The candidate that was chosen, and why."""

    sha256: str
    url: str
    evidence: DatasheetEvidence


class IngestDatasheet(Step[Accepted, IngestedDatasheet]):
    """Attach the chosen file to the part and index its pages."""

    name = "datasheet.ingest"
    queue = Queue.INGEST
    output = IngestedDatasheet

    def load(self, session: Session, claim: Claim) -> Accepted:
        """Return the chosen candidate.

        Raises:
            NotNeeded: no candidate was accepted.
            Permanent: its file was collected as garbage since.
        """
        index = CHOOSE_DATASHEET.recorded(session, claim.run_id).index
        candidate = None if index is None else DatasheetCandidateService.find(session, claim.run_id, index)
        if candidate is None:
            raise NotNeeded("no candidate was accepted")
        return accepted(candidate)

    def work(self, given: Accepted) -> IngestedDatasheet:
        """Read its text and its structure."""
        return ingested(given)

    def record(self, session: Session, claim: Claim, output: IngestedDatasheet) -> Gap | None:
        """Write blob, pages, chapters and document."""
        index(session, output)
        DocumentService.attach(
            session,
            PartService.lock(session, claim.subject or "").id4,
            DocumentKind.PDF,
            sha256=output.sha256,
            public_url=output.url,
            filename=name_of(output.url),
            is_datasheet=True,
            evidence=output.evidence,
        )
        return None


def accepted(candidate: DatasheetCandidate) -> Accepted:
    """Return a candidate that passed the gate as what is to be ingested.

    Raises:
        Permanent: its file was collected as garbage since.
    """
    if candidate.blob_sha256 is None:
        raise Permanent("store_missing", "the chosen file was deleted as garbage; resume from datasheet.discover")
    # Where redirects have led may be an address that is too long to keep.
    urls = (url for url in (candidate.final_url, candidate.url) if url and len(url) <= MAX_ADDRESS)
    url = next(urls)
    return Accepted(candidate.blob_sha256, url, evidence_of(candidate, url=url))


def ingested(given: Accepted) -> IngestedDatasheet:
    """Read the text and the structure of a stored file.

    Raises:
        Permanent: it cannot be read any more.
    """
    content = read(Bucket.DOCS, given.sha256)
    try:
        pdf = pdf_reader().read(content)
        structure = pdf_reader().describe(content)
    except Refused as refusal:
        raise Permanent(refusal.code, refusal.detail) from refusal
    return IngestedDatasheet(
        sha256=given.sha256,
        url=given.url,
        size=len(content),
        page_count=pdf.page_count,
        evidence=given.evidence,
        pages=pdf.pages,
        structure=structure,
    )


def index(session: Session, output: IngestedDatasheet) -> None:
    """Write the blob, the pages and the chapters of a file."""
    BlobService.ensure(
        session,
        sha256=output.sha256,
        bucket=Bucket.DOCS,
        s3_key=content_key(output.sha256),
        size=output.size,
        media_type="application/pdf",
        page_count=output.page_count,
    )
    BlobService.index_pages(session, output.sha256, output.pages)
    if output.structure:
        StructureService.replace(session, output.sha256, output.structure)


def name_of(url: str) -> str | None:
    """Return the name of the file at an address."""
    return url.rsplit("/", 1)[-1][:200] or None


ingest_datasheet = as_task(IngestDatasheet())
