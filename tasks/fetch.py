"""Steps that fetch from the web: one candidate each, fetched and judged."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim
from engine.step.retry import Retry
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from observability.metrics import FETCHED
from schemas.datasheet import Verdict
from schemas.errors import StepError, Transient
from schemas.ledger import Gap
from schemas.step import CandidateOutcome
from schemas.text import MAX_ADDRESS
from services.datasheet import DatasheetCandidateService, DatasheetSourceService
from services.document import BlobService
from services.part import PartService
from tasks.fetching import Wanted, fetched_and_judged
from tasks.identify import identified


class Candidate(NamedTuple):
    """A URL, and the part it should be the datasheet of."""

    url: str
    wanted: Wanted


class FetchCandidate(Step[Candidate, CandidateOutcome]):
    """Fetch a candidate and put it through the gate; whatever happens has a verdict, so the chord always joins."""

    name = "datasheet.fetch"
    queue = Queue.FETCH
    retry = Retry(attempts=2)
    output = CandidateOutcome

    def load(self, session: Session, claim: Claim) -> Candidate:
        """Return the candidate at the index of this step."""
        candidate = DatasheetCandidateService.find(session, claim.run_id, claim.index)
        if candidate is None:
            raise NotNeeded("fewer candidates than parts of the chord")
        part = identified(session, claim)
        return Candidate(candidate.url, Wanted(part.manufacturer_code, part.manufacturer))

    def work(self, given: Candidate) -> CandidateOutcome:
        """Fetch, read and judge."""
        return fetched_and_judged(given.url, given.wanted)

    def record(self, session: Session, claim: Claim, output: CandidateOutcome) -> Gap | None:
        """Keep the verdict, also for later refreshes, and keep its file from garbage collection.

        Raises:
            Transient: the file was collected since it was stored.
        """
        keep_verdict(session, claim, output)
        return None

    def fallback(self, given: Candidate | None, error: StepError) -> CandidateOutcome | None:
        """Make a verdict of the last attempt's error, unless it is our own store's, which says nothing of the file."""
        return verdict_of(error)


def keep_verdict(session: Session, claim: Claim, outcome: CandidateOutcome) -> None:
    """Keep the verdict on a candidate, and what its address sent as a source of the part.

    Raises:
        Transient: the accepted file was collected since it was stored.
    """
    if outcome.sha256 and BlobService.touch(session, outcome.sha256) is None:
        raise Transient("store_missing", "the accepted file was deleted as garbage before its verdict was kept")
    # The part after the blob, as everywhere.
    part_id4 = PartService.lock(session, claim.subject).id4 if claim.subject else None
    DatasheetCandidateService.record_verdict(session, claim.run_id, claim.index, outcome)
    candidate = DatasheetCandidateService.find(session, claim.run_id, claim.index)
    if candidate and part_id4 and len(candidate.url) <= MAX_ADDRESS:
        DatasheetSourceService.record(session, part_id4, candidate.url, source=candidate.source, outcome=outcome)


def verdict_of(error: StepError) -> CandidateOutcome | None:
    """Return the verdict that the last attempt's error is; None for one of our own store, which says nothing."""
    if error.code.startswith("store_"):
        return None
    known = error.code in set(Verdict)
    verdict = Verdict(error.code) if known else Verdict.UNREACHABLE
    FETCHED.labels(verdict).inc()
    return CandidateOutcome(verdict=verdict, detail=error.detail if known else f"it was not judged: {error}")


fetch_candidate = as_task(FetchCandidate(), in_chord=True)
