"""Quick steps that need only the database."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim, Ledger
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from models import DatasheetCandidate, Part
from schemas.company import SELLERS
from schemas.datasheet import Verdict
from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import Identification
from schemas.ledger import Gap, Nothing
from schemas.markings import Code, Distributor, DistributorLabel
from schemas.part_number import canonical_key
from schemas.step import ChosenDatasheet
from schemas.suggestion import StockValue, SuggestionField, SuggestionState
from services.box import SlotService, explain_full
from services.datasheet import DatasheetCandidateService, choose_candidate
from services.identification import code_evidence, parse_distributor_label
from services.part import PartSellerService, PartService, SamePartService
from services.suggestion import SuggestionService
from settings import get_settings
from tasks.identify import IDENTIFY_PART, identified
from tasks.vision import READ_MARKINGS

_MAY_GO_BETTER = frozenset({Verdict.UNREACHABLE, Verdict.TIMEOUT})


class ChooseDatasheet(Step[Sequence[DatasheetCandidate], ChosenDatasheet]):
    """Choose among the candidates that passed the gate."""

    name = "datasheet.choose"
    queue = Queue.INVENTORY
    resumes_from = "datasheet.discover"
    output = ChosenDatasheet

    def load(self, session: Session, claim: Claim) -> Sequence[DatasheetCandidate]:
        """Return the judged candidates."""
        candidates = DatasheetCandidateService.list(session, claim.run_id)
        if not candidates:
            raise NotNeeded("there are no candidates")
        return candidates

    def work(self, given: Sequence[DatasheetCandidate]) -> ChosenDatasheet:
        """Choose the candidate with the highest confidence."""
        return choose_candidate(given)

    def record(self, session: Session, claim: Claim, output: ChosenDatasheet) -> Gap | None:
        """Keep the choice."""
        DatasheetCandidateService.record_choice(session, claim.run_id, output)
        if output.index is not None:
            return None
        verdicts = Counter(each.verdict for each in DatasheetCandidateService.list(session, claim.run_id))
        transient = not _MAY_GO_BETTER.isdisjoint(verdicts)
        if gone := verdicts[Verdict.OK]:
            detail = f"{gone} candidates passed, but their files were deleted as garbage; the search starts again"
            return Gap(step=self.name, reason="store_missing", detail=detail, transient=True)
        if unjudged := verdicts[None]:
            detail = f"{unjudged} candidates are not judged, because the object store failed"
            return Gap(step=self.name, reason="not_judged", detail=detail, transient=transient)
        refused = ", ".join(f"{count} × {verdict}" for verdict, count in sorted(verdicts.items(), key=str))
        return Gap(
            step=self.name,
            reason="no_datasheet",
            detail=f"every candidate was refused: {refused}",
            transient=transient,
        )


class SuggestSlot(Step[Identification, Nothing]):
    """Propose a slot for the part, and the quantity that a distributor label names."""

    name = "part.suggest_slot"
    queue = Queue.INVENTORY
    output = Nothing

    def load(self, session: Session, claim: Claim) -> Identification:
        """Return the identification; a part that is not identified gets no slot, and one that was joined does."""
        question = SamePartService.find_question(session, claim.run_id)
        if question is None or question.state != SuggestionState.ACCEPTED:
            identified(session, claim)
        return IDENTIFY_PART.recorded(session, claim.run_id)

    def work(self, given: Identification) -> Nothing:
        """Do nothing: the slot is chosen where it is recorded, so that no two parts get the same one."""
        return Nothing()

    def record(self, session: Session, claim: Claim, output: Nothing) -> Gap | None:
        """Propose a booking, for a person to accept."""
        part = PartService.lock(session, claim.subject or "")
        quantity = IDENTIFY_PART.recorded(session, claim.run_id).quantity
        code, label = _label(session, claim)
        if label and label.distributor != Distributor.UNKNOWN:
            _keep_seller(session, part, label)
        choice = SlotService.suggest(session, part)
        evidence = [Evidence(kind=EvidenceKind.RULE, quote=choice.why)] if choice else []
        if code is not None:
            evidence.append(code_evidence(code))
        elif quantity is not None:
            evidence.append(Evidence(kind=EvidenceKind.PERSON, quote=f"a label of {quantity} was handed in"))
        SuggestionService.propose(
            session,
            part,
            SuggestionField.STOCK,
            StockValue(
                quantity=quantity,
                slot=choice.slot if choice else None,
                supplier_code=label.supplier_code if label else None,
                lot=label.lot if label else None,
                date_code=label.date_code if label else None,
                origin=label.origin if label else None,
            ).model_dump(),
            run_id=claim.run_id,
            confidence=choice.confidence if choice else 0.0,
            evidence=evidence,
            accept_from=None,
            reserved_until=_reserved_until() if choice else None,
        )
        if choice:
            return None
        return Gap(step=self.name, reason="no_slot", detail=explain_full(session, part))


def _keep_seller(session: Session, part: Part, label: DistributorLabel) -> None:
    named = SELLERS.find(label.distributor)
    seller = named[0].name if named else label.distributor.value
    PartService.fill(session, part, seller=seller)
    PartSellerService.create(session, part, seller=seller, order_code=label.supplier_code)


def _reserved_until() -> datetime:
    return datetime.now(UTC) + timedelta(days=get_settings().intake.reserve_days)


def _label(session: Session, claim: Claim) -> tuple[Code | None, DistributorLabel | None]:
    """Return the label of the identified part and its code, if the photo shows one."""
    read = Ledger.find_output(session, claim.run_id, READ_MARKINGS.name)
    codes = READ_MARKINGS.output.model_validate(read).codes if read else ()
    part = IDENTIFY_PART.recorded(session, claim.run_id).part
    number = canonical_key(part.manufacturer_code) if part else ""
    for code in codes:
        label = parse_distributor_label(code)
        if label and canonical_key(label.manufacturer_code or "") == number:
            return code, label
    return None, None


CHOOSE_DATASHEET = ChooseDatasheet()

choose_datasheet = as_task(CHOOSE_DATASHEET)
suggest_slot = as_task(SuggestSlot())
