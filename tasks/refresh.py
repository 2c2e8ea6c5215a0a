"""Steps that ask the addresses of a datasheet whether there is a later one."""

import hashlib
from typing import NamedTuple

from sqlalchemy.orm import Session

from clients.assistant import LocalAssistant
from engine.ledger.ledger import Claim
from engine.step.retry import Retry
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from models import Document, Part
from schemas.assistant import DatasheetQuestion
from schemas.datasheet import DatasheetLead, Fetched, Validators, Verdict
from schemas.errors import Refused, StepError
from schemas.ledger import Gap
from schemas.step import Leads, SourceCheck
from services.catalogue import CatalogueService
from services.datasheet import (
    DatasheetCandidateService,
    DatasheetSourceService,
    validators_of,
)
from services.document import DocumentService
from services.part import PartService
from settings import get_settings
from tasks.fetch import keep_verdict, verdict_of
from tasks.fetching import Hosts, Wanted, fetch_sheet, judged, refused

_HOPELESS = frozenset({Verdict.WRONG_PART, Verdict.WRONG_KIND, Verdict.FORBIDDEN_ADDRESS, Verdict.HTML_SHELL})
"What an address is not asked again for: it is about something else, or must not be asked."


_SAME = "the address has nothing new"


class ListSources(Step[Leads, Leads]):
    """List the addresses where the datasheet may be today: where it came from first, then the others that are known."""

    name = "datasheet.sources"
    queue = Queue.INVENTORY
    output = Leads

    def load(self, session: Session, claim: Claim) -> Leads:
        """Return the addresses.

        Raises:
            NotNeeded: the part has no datasheet, or no number to judge one by.
        """
        part, datasheet = known(session, claim)
        leads = {lead.url: lead for lead in _leads(session, part, datasheet)}
        return Leads(leads=tuple(leads.values())[: get_settings().refresh.max_sources])

    def work(self, given: Leads) -> Leads:
        """Do nothing: all of it is in the database."""
        return given

    def record(self, session: Session, claim: Claim, output: Leads) -> Gap | None:
        """Write the candidates."""
        DatasheetCandidateService.replace(session, claim.run_id, output.leads)
        if output.leads:
            return None
        return Gap(step=self.name, reason="no_leads", detail="no address is known where a later datasheet may be")


class AskedAddress(NamedTuple):
    """An address, what it sent last, and what the part has already."""

    url: str
    wanted: Wanted
    here: frozenset[str]
    "the files of the part"
    known: Validators | None
    unchanged: SourceCheck
    "what it means that there is nothing new: the verdict on what it sent last"


class CheckSource(Step[AskedAddress, SourceCheck]):
    """Ask an address whether it has something new, unless one before it had an answer."""

    name = "datasheet.check"
    queue = Queue.FETCH
    retry = Retry(attempts=2)
    output = SourceCheck

    def load(self, session: Session, claim: Claim) -> AskedAddress:
        """Return the address at the index of this step.

        Raises:
            NotNeeded: there are fewer addresses, or an earlier one has answered.
        """
        candidates = DatasheetCandidateService.list(session, claim.run_id)
        if any(each.verdict == Verdict.OK for each in candidates[: claim.index]):
            raise NotNeeded("an address before this one has a datasheet")
        if claim.index >= len(candidates):
            raise NotNeeded("there are no more addresses")
        part, _ = known(session, claim)
        url = candidates[claim.index].url
        source = DatasheetSourceService.find(session, part.id4, url)
        here = frozenset(each.blob_sha256 for each in DocumentService.list(session, part.id4) if each.blob_sha256)
        wanted = Wanted(part.manufacturer_code or "", part.manufacturer)
        verdict = source.verdict if source else Verdict.OK
        # A file that passed, but did not come to be kept, is fetched again.
        is_known = source is not None and (source.sha256 in here or verdict != Verdict.OK)
        detail = _SAME if verdict == Verdict.OK else (source and source.detail) or _SAME
        unchanged = SourceCheck(url=url, verdict=verdict, detail=detail, unchanged=True)
        return AskedAddress(url, wanted, here, validators_of(source) if is_known else None, unchanged)

    def work(self, given: AskedAddress) -> SourceCheck:
        """Fetch what is new, and judge it; a file that the part has needs no judgement."""
        try:
            with Hosts(every=get_settings().refresh.host_seconds) as hosts:
                fetched = fetch_sheet(given.url, given.known, hosts)
                return _check(given, fetched) if fetched else given.unchanged
        except Refused as refusal:
            return SourceCheck.model_validate(dict(refused(refusal)))

    def record(self, session: Session, claim: Claim, output: SourceCheck) -> Gap | None:
        """Keep the verdict and the validators; the stored datasheet stays, whatever became of its address.

        Raises:
            Transient: the accepted file was collected since it was stored.
        """
        if output.unchanged:
            DatasheetCandidateService.record_verdict(session, claim.run_id, claim.index, output)
            DatasheetSourceService.touch(session, PartService.resolve(session, claim.subject or ""), output.url)
        else:
            # Until it is kept, nobody may say that nothing has changed since.
            versions = {"etag": None, "last_modified": None} if output.sha256 else {}
            keep_verdict(session, claim, output.model_copy(update=versions))
        if output.verdict == Verdict.OK:
            return None
        return Gap(step=self.name, reason=output.verdict, detail=output.detail)

    def fallback(self, given: AskedAddress | None, error: StepError) -> SourceCheck | None:
        """Make a verdict of the last attempt's error, unless it is our own store's."""
        outcome = verdict_of(error)
        return SourceCheck.model_validate(dict(outcome)) if outcome else None


def known(session: Session, claim: Claim) -> tuple[Part, Document]:
    """Return the part of a run, and its datasheet.

    Raises:
        NotNeeded: the part has no datasheet, or no number to judge one by.
    """
    part = PartService.get(session, claim.subject or "")
    datasheet = DocumentService.find_datasheet(session, part.id4)
    if datasheet is None:
        raise NotNeeded("the part has no datasheet; start part-intake to find one")
    if not part.manufacturer_code:
        raise NotNeeded("the part has no number, by which a datasheet could be judged")
    return part, datasheet


def _leads(session: Session, part: Part, datasheet: Document) -> list[DatasheetLead]:
    """Return where the datasheet came from, then the other addresses, then those of the catalogue."""
    sources = [each for each in DatasheetSourceService.list(session, part.id4) if each.verdict not in _HOPELESS]
    origin = [each for each in sources if each.sha256 == datasheet.blob_sha256]
    origin = origin or [each for each in sources if datasheet.public_url in (each.url, each.final_url)]
    others = sorted(sources, key=lambda each: (each.verdict != Verdict.OK, each.id))
    first = [DatasheetLead(url=each.url, source=each.source) for each in origin]
    if not first and datasheet.public_url:
        named_by = (datasheet.evidence or {}).get("source") or "user"
        first = [DatasheetLead(url=datasheet.public_url, source=named_by)]
    rest = [DatasheetLead(url=each.url, source=each.source) for each in others]
    return [*first, *rest, *(_catalogued(session, part) if first else ())]


def _catalogued(session: Session, part: Part) -> tuple[DatasheetLead, ...]:
    code = part.manufacturer_code or ""
    question = DatasheetQuestion(
        manufacturer_code=code,
        manufacturer=part.manufacturer,
        catalogue=CatalogueService.find(session, [code]),
        limit=get_settings().refresh.max_sources,
    )
    return LocalAssistant().find_datasheets(question).answer.leads


def _check(given: AskedAddress, fetched: Fetched) -> SourceCheck:
    seen = hashlib.sha256(fetched.content).hexdigest()
    if seen not in given.here:
        return SourceCheck.model_validate(dict(judged(fetched, given.wanted)))
    return SourceCheck(
        verdict=Verdict.OK,
        detail=_SAME,
        final_url=fetched.final_url,
        seen_sha256=seen,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
    )


list_sources = as_task(ListSources())
check_source = as_task(CheckSource())
