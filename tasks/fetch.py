"""Steps that fetch from the web: one candidate each, fetched and judged."""

from contextlib import ExitStack
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from clients.object_store import Bucket
from clients.web.html_links import find_pdf_link
from engine.ledger.ledger import Claim
from engine.step.permits import permit, remember, remembered
from engine.step.retry import Retry
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from schemas.datasheet import Fetched, Verdict
from schemas.errors import Refused, StepError, Transient
from schemas.ledger import Gap
from schemas.step import CandidateOutcome
from services.datasheet import DatasheetCandidateService, judge
from services.document import BlobService
from settings import get_settings
from tasks.clients import fetcher, pdf_reader
from tasks.identify import identified
from tasks.objects import write

_TRUSTED_SECONDS: Final = 3600
"How long a host counts as prompt after it has sent a file in time."


class Candidate(NamedTuple):
    """A URL, and the part it should be the datasheet of."""

    url: str
    manufacturer_code: str
    manufacturer: str | None


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
        return Candidate(candidate.url, part.manufacturer_code, part.manufacturer)

    def work(self, given: Candidate) -> CandidateOutcome:
        """Fetch, read and judge."""
        try:
            with _Hosts() as hosts:
                return _judge(given, _fetch(given.url, hosts))
        except Refused as refusal:
            if refusal.retryable:
                raise Transient(refusal.code, refusal.detail, refusal.retry_after) from refusal
            return CandidateOutcome(verdict=Verdict(refusal.code), detail=refusal.detail)

    def record(self, session: Session, claim: Claim, output: CandidateOutcome) -> Gap | None:
        """Keep the verdict, and keep its file from garbage collection.

        Raises:
            Transient: the file was collected since it was stored.
        """
        if output.sha256 and BlobService.touch(session, output.sha256) is None:
            raise Transient("store_missing", "the accepted file was deleted as garbage before its verdict was kept")
        DatasheetCandidateService.record_verdict(session, claim.run_id, claim.index, output)
        return None

    def fallback(self, given: Candidate | None, error: StepError) -> CandidateOutcome | None:
        """Make a verdict of the last attempt's error, unless it is our own store's, which says nothing of the file."""
        if error.code.startswith("store_"):
            return None
        if error.code in set(Verdict):
            return CandidateOutcome(verdict=Verdict(error.code), detail=error.detail)
        return CandidateOutcome(verdict=Verdict.UNREACHABLE, detail=f"it was not judged: {error}")


class _Hosts(ExitStack):
    """The hosts that a file comes from, each held by a permit until the file is judged.

    A site may not only send slowly, but also send what takes long to read.
    """

    def __init__(self) -> None:
        super().__init__()
        self._held: set[str] = set()
        self._asked: str | None = None

    def fetch(self, url: str) -> Fetched:
        """Fetch a file, and hold it against the host that was asked last when it is too slow."""
        limits = get_settings().fetch
        try:
            fetched = fetcher().fetch(url, hold=self._hold)
        except Refused as refusal:
            if refusal.code == Verdict.TIMEOUT and self._asked:
                remember(f"slow:{self._asked}", limit=limits.max_slow, seconds=limits.slow_seconds)
            raise
        remember(f"prompt:{self._asked}", limit=1, seconds=_TRUSTED_SECONDS)
        return fetched

    def _hold(self, host: str) -> None:
        """Take a permit for a host, unless one is held.

        Raises:
            Busy: all permits for it are taken.
            Refused: it was too slow too often.
        """
        settings, self._asked = get_settings(), None
        limits = settings.fetch
        slow = remembered(f"slow:{host}")
        if slow >= limits.max_slow:
            often = (
                f"{host} was too slow {limits.max_slow} times within {limits.slow_seconds:g} s; it is left alone now"
            )
            raise Refused(Verdict.TIMEOUT, often)
        if host not in self._held:
            seconds = 2 * limits.total_seconds + settings.pdf.timeout_seconds
            # One that is not known to be prompt gets fewer, so that a few slow hosts together leave some to the others.
            most = limits.max_per_host if remembered(f"prompt:{host}") else limits.max_per_host // 2
            limit = max(1, most - slow)
            self.enter_context(permit(f"host:{host}", limit=limit, seconds=seconds))
            self._held.add(host)
        self._asked = host


def _fetch(url: str, hosts: _Hosts) -> Fetched:
    """Fetch a file; a page that only wraps a PDF is searched for it, once."""
    fetched = hosts.fetch(url)
    link = find_pdf_link(fetched.content, fetched.final_url)
    return hosts.fetch(link) if link else fetched


def _judge(candidate: Candidate, fetched: Fetched) -> CandidateOutcome:
    try:
        pdf = pdf_reader().read(fetched.content)
    except Refused as refusal:
        return CandidateOutcome(verdict=Verdict(refusal.code), detail=refusal.detail, final_url=fetched.final_url)
    judgement = judge(pdf, manufacturer_code=candidate.manufacturer_code, manufacturer=candidate.manufacturer)
    accepted = judgement.verdict == Verdict.OK
    return CandidateOutcome(
        verdict=judgement.verdict,
        detail=judgement.detail,
        final_url=fetched.final_url,
        sha256=write(Bucket.DOCS, fetched.content, "application/pdf") if accepted else None,
        confidence=judgement.confidence,
        page=judgement.page,
        quote=judgement.quote,
    )


fetch_candidate = as_task(FetchCandidate(), in_chord=True)
