"""The step that asks whether a new part is there already."""

from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim, Ledger
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from models import Part, PipelineRun, Suggestion
from models.locks import Lock, hold
from schemas.evidence import Evidence, EvidenceKind
from schemas.ledger import Gap, Nothing
from schemas.suggestion import PartMatch, SamePartValue, SuggestionField, SuggestionState
from services.document import PhotoService, SamePhoto
from services.open_suggestions import OpenSuggestionService
from services.part import PartService, SamePart, SamePartService
from services.part_merge import PartMergeService
from services.suggestion import SuggestionService
from settings import get_settings
from tasks.vision import PREPARE_PHOTO

_JOINS = UUID("3b1f0a54-6f0e-4f5f-8f0d-0f6b7f3f9c21")
"The namespace of the IDs of merges that this step makes."

_CONFIDENCE = {PartMatch.SAME_NUMBER: 0.95, PartMatch.BASE_NUMBER: 0.6, PartMatch.SAME_PHOTO: 0.5}
_WORDS = {
    PartMatch.SAME_NUMBER: "has the same number",
    PartMatch.BASE_NUMBER: "has the same base number",
    PartMatch.SAME_PHOTO: "has the same photo",
}


class ComparePart(Step[None, Nothing]):
    """Ask whether the part that a run made is another bag of one that is there."""

    name = "part.compare"
    queue = Queue.INVENTORY
    output = Nothing

    def load(self, session: Session, claim: Claim) -> None:
        """A run that was started for a part has nothing to compare."""
        if not claim.input.get("is_new"):
            raise NotNeeded("the run was started for a part that is there")

    def work(self, given: None) -> Nothing:
        """Do nothing: parts are compared where the answer is recorded, so that two runs do not ask for each other."""
        return Nothing()

    def record(self, session: Session, claim: Claim, output: Nothing) -> Gap | None:
        """Propose the parts that it may be; a part that is surely the same takes it in, if the settings say so."""
        hold(session, Lock.COMPARISONS)
        before = SamePartService.find_question(session, claim.run_id)
        if before is not None and before.state == SuggestionState.ACCEPTED:
            return None
        part = PartService.get(session, claim.subject or "")
        found = [same for same in _same(session, claim, part) if not _is_settled(session, part, same)]
        if not found:
            return None
        sure = [same for same in found if same.is_sure]
        if get_settings().intake.join_same and len(sure) == 1:
            _join(session, claim, part, sure[0])
            return None
        locked = PartService.lock(session, part.id4)
        for same in found:
            _propose(session, claim, locked, same)
        return Gap(step=self.name, reason="same_part", detail=_question(found[0]))


def _same(session: Session, claim: Claim, part: Part) -> list[SamePart]:
    """Return the parts that it may be: by its number, and by its photo."""
    found = list(SamePartService.list(session, part))
    prepared = Ledger.find_output(session, claim.run_id, PREPARE_PHOTO.name)
    if prepared is None:
        return found
    look = PREPARE_PHOTO.output.model_validate(prepared).look
    seen = PhotoService.find_same(session, str(claim.input["photo_sha256"]), look, without=part.id4)
    if seen is not None and seen.part_id4 not in {same.part.id4 for same in found}:
        earlier = _run_of(session, seen)
        found.append(SamePart(PartService.get(session, seen.part_id4), PartMatch.SAME_PHOTO, earlier))
    return found


def _run_of(session: Session, photo: SamePhoto) -> UUID | None:
    """Return the first run that took in a photo, if it is still there."""
    taken_in = PipelineRun.input["photo_sha256"].astext == photo.sha256
    runs = select(PipelineRun.id).where(PipelineRun.subject == photo.part_id4, taken_in)
    return session.scalar(runs.order_by(PipelineRun.created_at).limit(1))


def _is_settled(session: Session, part: Part, same: SamePart) -> bool:
    """Whether the question was answered with no, or the other part asks it already."""
    mine = SamePartService.list_questions(session, part.id4, same.part.id4)
    theirs = SamePartService.list_questions(session, same.part.id4, part.id4)
    answered = any(each.state == SuggestionState.REJECTED for each in (*mine, *theirs))
    return answered or any(each.state == SuggestionState.PROPOSED for each in theirs)


def _propose(session: Session, claim: Claim, part: Part, same: SamePart) -> Suggestion:
    other = same.part
    value = SamePartValue(
        part=other.id4,
        manufacturer_code=other.manufacturer_code,
        manufacturer=other.manufacturer,
        match=same.match,
        sure=same.is_sure,
        run=same.run,
    )
    return SuggestionService.propose(
        session,
        part,
        SuggestionField.SAME_PART,
        value.model_dump(mode="json"),
        run_id=claim.run_id,
        confidence=_CONFIDENCE[same.match],
        evidence=[Evidence(kind=EvidenceKind.RULE, quote=_sentence(same), source=f"part {other.id4}")],
        accept_from=None,
    )


def _join(session: Session, claim: Claim, part: Part, same: SamePart) -> None:
    merge_id = uuid5(_JOINS, str(claim.run_id))
    suggestion = _propose(session, claim, part, same)
    PartMergeService.merge(session, part.id4, into=same.part.id4, command_id=merge_id)
    OpenSuggestionService.close(session, Suggestion.id == suggestion.id, SuggestionState.ACCEPTED)


def _sentence(same: SamePart) -> str:
    number = f" ({same.part.manufacturer_code})" if same.part.manufacturer_code else ""
    return f"{same.part.id4}{number} {_WORDS[same.match]}"


def _question(same: SamePart) -> str:
    other = same.part.id4
    return f"{_sentence(same)}; accept the suggestion to add this to {other}, or reject it to keep a part of its own"


compare_part = as_task(ComparePart())
