"""Fetching an address while its hosts are held, and putting what it sends through the gate."""

import hashlib
import time
from contextlib import ExitStack
from typing import Final, NamedTuple

from clients.object_store import Bucket
from clients.web.html_links import find_pdf_link
from engine.step.permits import permit, remember, remembered, take_turn
from observability.metrics import FETCHED
from schemas.datasheet import Fetched, Validators, Verdict
from schemas.errors import Busy, Refused, Transient
from schemas.step import CandidateOutcome
from services.datasheet import judge
from settings import get_settings
from tasks.clients import fetcher, pdf_reader
from tasks.objects import write

_LOOK_SECONDS: Final = 0.5
"Between two looks whether it is a fetch's turn."
_TRUSTED_SECONDS: Final = 3600
"How long a host counts as prompt after it has sent a file in time."


class Wanted(NamedTuple):
    """The part whose datasheet is looked for."""

    manufacturer_code: str
    manufacturer: str | None


def fetched_and_judged(url: str, wanted: Wanted) -> CandidateOutcome:
    """Fetch an address and put what it sends through the gate; a refusal is a verdict.

    Raises:
        Transient: it may go better later.
    """
    try:
        with Hosts() as hosts:
            fetched = fetch_sheet(url, None, hosts)
            assert fetched, "without validators there is always a file"
            return judged(fetched, wanted)
    except Refused as refusal:
        return refused(refusal)


def refused(refusal: Refused) -> CandidateOutcome:
    """Return the verdict that a refusal is.

    Raises:
        Transient: it may go better later.
    """
    if refusal.retryable:
        raise Transient(refusal.code, refusal.detail, refusal.retry_after) from refusal
    FETCHED.labels(refusal.code).inc()
    return CandidateOutcome(verdict=Verdict(refusal.code), detail=refusal.detail)


def fetch_sheet(url: str, known: Validators | None, hosts: "Hosts") -> Fetched | None:
    """Fetch a file unless it is the known one; a page that only wraps a PDF is searched for it, once.

    Raises:
        Busy: all permits for a host are taken.
        Refused: it could not be fetched.
    """
    fetched = hosts.fetch(url, known)
    link = fetched and find_pdf_link(fetched.content, fetched.final_url)
    return hosts.fetch(link, known) if link else fetched


def judged(fetched: Fetched, wanted: Wanted) -> CandidateOutcome:
    """Put a file through the gate, and store it if it passes."""
    outcome = _judged(fetched, wanted)
    FETCHED.labels(outcome.verdict).inc()
    seen = hashlib.sha256(fetched.content).hexdigest()
    versions = {"seen_sha256": seen, "etag": fetched.etag, "last_modified": fetched.last_modified}
    return outcome.model_copy(update={"final_url": fetched.final_url, **versions})


def _judged(fetched: Fetched, wanted: Wanted) -> CandidateOutcome:
    try:
        pdf = pdf_reader().read(fetched.content)
    except Refused as refusal:
        return CandidateOutcome(verdict=Verdict(refusal.code), detail=refusal.detail)
    judgement = judge(pdf, manufacturer_code=wanted.manufacturer_code, manufacturer=wanted.manufacturer)
    accepted = judgement.verdict == Verdict.OK
    return CandidateOutcome(
        verdict=judgement.verdict,
        detail=judgement.detail,
        sha256=write(Bucket.DOCS, fetched.content, "application/pdf") if accepted else None,
        confidence=judgement.confidence,
        page=judgement.page,
        quote=judgement.quote,
    )


class Hosts(ExitStack):
    """The hosts that a file comes from, each held by a permit until the file is judged.

    A site may not only send slowly, but also send what takes long to read. With `every`, a host is asked no more often
    than once in so many seconds, by all workers together.
    """

    def __init__(self, *, every: float | None = None) -> None:
        super().__init__()
        self._held: set[str] = set()
        self._asked: str | None = None
        self._every = every
        self._deadline: float | None = None

    def fetch(self, url: str, known: Validators | None) -> Fetched | None:
        """Fetch a file, or nothing if it is still the one that is known; a host that is too slow is remembered.

        Raises:
            Busy: all permits for a host are taken.
            Refused: it could not be fetched.
        """
        limits = get_settings().fetch
        try:
            fetched = fetcher().fetch_if_changed(url, known, hold=self._hold)
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
        self._wait_for_turn(host)
        self._asked = host

    def _wait_for_turn(self, host: str) -> None:
        """Take the host's turn; where redirects lead, wait for it, since the step would come back to the same place.

        Raises:
            Busy: it is another's turn.
        """
        if self._every is None:
            return
        is_first = self._deadline is None
        self._deadline = self._deadline or time.monotonic() + get_settings().fetch.total_seconds
        while not take_turn(f"turn:{host}", seconds=self._every):
            if is_first or time.monotonic() > self._deadline:
                raise Busy(f"turn:{host}")
            time.sleep(min(self._every, _LOOK_SECONDS))
