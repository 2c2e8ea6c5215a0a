"""The step that says which part it is."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from clients.assistant import Job, LocalAssistant
from clients.object_store import Bucket
from engine.ledger.ledger import Claim
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from schemas.assistant import IdentifyAnswer, IdentifyQuestion
from schemas.errors import StepError
from schemas.evidence import EvidenceKind
from schemas.identification import AskReason, CatalogueEntry, Identification, PartGuess
from schemas.intake import PartIntakeInput
from schemas.ledger import Gap
from schemas.markings import DistributorLabel, Markings
from schemas.part_number import canonical_key
from schemas.suggestion import PartNumberValue, SuggestionField
from services.catalogue import CatalogueService
from services.identification import candidate_codes, decide, identify_typed, parse_distributor_label
from services.part import PartService, SamePartService
from services.suggestion import RefusalService, RefusedNumbers, SuggestionService
from settings import get_settings
from tasks.ask import ask
from tasks.clients import assistant
from tasks.objects import read
from tasks.vision import PREPARE_PHOTO, READ_MARKINGS

_ASK = {
    "nothing_read": "no part number could be read; take a sharper photo, or start part-intake for this part",
    "unsure": "the part number is not sure; accept a suggestion, or start part-intake for this part with the number",
    "several_parts": "the photo shows several parts; accept what is meant, or split the run into a part for each",
    "not_understood": "something else on the photo is not understood; accept the suggestion if no other part is meant, "
    "or take a photo of each part",
    "refused": "a person refused the number that was read; type the number, or take a photo that shows more",
    "contradiction": "what was read contradicts itself or the part; accept the suggestion if it is right",
}


class Sighting(NamedTuple):
    """What a part is identified by."""

    run_id: UUID
    photo_sha256: str
    markings: Markings
    labels: tuple[DistributorLabel, ...]
    catalogue: tuple[CatalogueEntry, ...]
    known_number: str | None
    "what the part is called already"
    refused: RefusedNumbers = RefusedNumbers({})


class IdentifyPart(Step[Sighting | Identification, Identification]):
    """Say which part it is, or ask."""

    name = "part.identify"
    queue = Queue.ASSIST
    output = Identification

    def load(self, session: Session, claim: Claim) -> Sighting | Identification:
        """Return what was read off the photo and what the catalogue knows of it; a typed number needs no reading."""
        if "manufacturer_code" in claim.input:
            typed = PartIntakeInput.model_validate(claim.input)
            return identify_typed(typed, CatalogueService.find(session, [typed.manufacturer_code]))
        markings = READ_MARKINGS.recorded(session, claim.run_id)
        labels = tuple(filter(None, map(parse_distributor_label, markings.codes)))
        return Sighting(
            claim.run_id,
            PREPARE_PHOTO.recorded(session, claim.run_id).sha256,
            markings,
            labels,
            CatalogueService.find_near(session, candidate_codes(markings, labels)),
            PartService.get(session, claim.subject or "").manufacturer_code,
            RefusalService.list_numbers(session, claim.subject or ""),
        )

    def work(self, given: Sighting | Identification) -> Identification:
        """Follow the rules, and ask the model only where they are not sure."""
        if isinstance(given, Identification):
            return given
        ruled = _decide(given, None)
        if ruled.part or isinstance(assistant(), LocalAssistant):
            return ruled
        return _decide(given, _second_opinion(given))

    def fallback(self, given: Sighting | Identification | None, error: StepError) -> Identification | None:
        """Use the rules alone when the model gives up; their findings stay valid."""
        return _decide(given, None) if isinstance(given, Sighting) else None

    def record(self, session: Session, claim: Claim, output: Identification) -> Gap | None:
        """Propose the part, or all that it may be."""
        part = PartService.lock(session, claim.subject or "")
        for guess in [output.part] if output.part else output.guesses:
            if guess.evidence[0].kind == EvidenceKind.PERSON:
                PartService.fill(session, part, manufacturer=guess.manufacturer, description=guess.description)
                continue
            number = PartNumberValue.model_validate(guess, from_attributes=True)
            several = output.ask == AskReason.SEVERAL_PARTS
            SuggestionService.propose(
                session,
                part,
                SuggestionField.PART_NUMBER,
                number.model_copy(update={"beside_others": several}).model_dump(),
                run_id=claim.run_id,
                confidence=guess.confidence,
                evidence=guess.evidence,
                accept_from=get_settings().intake.accept_confidence if output.part else None,
            )
        return Gap(step=self.name, reason=output.ask, detail=_question(output)) if output.ask else None


def _decide(sighting: Sighting, opinion: IdentifyAnswer | None) -> Identification:
    accept_from = get_settings().intake.accept_confidence
    decided = decide(sighting.markings, sighting.labels, sighting.catalogue, opinion, accept_confidence=accept_from)
    known = sighting.known_number
    if decided.part and known and canonical_key(known) != canonical_key(decided.part.manufacturer_code):
        # A photo of something else must not fill this part with another's datasheet and tags.
        return decided.model_copy(update={"part": None, "ask": AskReason.CONTRADICTION, "guesses": (decided.part,)})
    if decided.part and sighting.refused.cover(decided.part.manufacturer_code, decided.part.evidence):
        others = tuple(guess for guess in decided.guesses if guess != decided.part)
        return decided.model_copy(update={"part": None, "ask": AskReason.REFUSED, "guesses": others})
    return decided


def _question(asked: Identification) -> str:
    others = f"the photo also shows {', '.join(asked.others)}: " if asked.others else ""
    return f"{others}{_ASK[asked.ask or AskReason.UNSURE]}"


def _second_opinion(sighting: Sighting) -> IdentifyAnswer:
    question = IdentifyQuestion(
        photo=read(Bucket.IMAGES, sighting.photo_sha256),
        markings=sighting.markings,
        labels=sighting.labels,
        catalogue=sighting.catalogue,
    )
    return ask(sighting.run_id, Job.IDENTIFY, question, call=assistant().identify, answer_type=IdentifyAnswer)


def identified(session: Session, claim: Claim) -> PartGuess:
    """Return the part that a run identified.

    Raises:
        NotNeeded: it did not, or the part may be one that is there already.
    """
    question = SamePartService.find_question(session, claim.run_id)
    if question is not None:
        raise NotNeeded(f"the part may be {question.value['part']}, which is there already")
    part = IDENTIFY_PART.recorded(session, claim.run_id).part
    if part is None:
        raise NotNeeded("the part is not identified")
    return part


IDENTIFY_PART = IdentifyPart()

identify_part = as_task(IDENTIFY_PART)
