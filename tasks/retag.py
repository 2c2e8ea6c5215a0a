"""Steps that ask again about the words of a part that has some, and write only what differs."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from models import Part, Type
from schemas.assistant import PartText, TagGuess, TagQuestion, TypeQuestion
from schemas.ledger import Gap
from schemas.step import Categorised, Tagged
from schemas.suggestion import SuggestionField
from schemas.upkeep import RETAG, DriftOutcome, cause_of
from services.part import PartService
from services.suggestion import RefusalService, RepeatedService
from services.tag import TagService
from services.type import TypeService
from services.upkeep import DriftService, UpkeepService
from settings import get_settings
from tasks.words import Asked, about_tags, about_type, categorised, is_local, keep_basis, tagged, text_of


class DriftFound(NamedTuple):
    """What an answer would change, and what became of it."""

    added: Sequence[str]
    removed: Sequence[str]
    outcome: DriftOutcome


class RetagPart(Step[Asked[TagQuestion], Tagged]):
    """Ask again which tags fit; what a person decided about them stays."""

    name = "part.retag"
    queue = Queue.ASSIST
    output = Tagged

    def load(self, session: Session, claim: Claim) -> Asked[TagQuestion]:
        """Return the question.

        Raises:
            NotNeeded: nothing is known of the part in words.
        """
        part = _known(session, claim)
        return about_tags(session, claim.run_id, part.id4, text_of(session, part.id4, _text(part)))

    def work(self, given: Asked[TagQuestion]) -> Tagged:
        """Ask."""
        return tagged(given)

    def record(self, session: Session, claim: Claim, output: Tagged) -> Gap | None:
        """Set or propose the tags that differ, and keep what was found."""
        part = PartService.lock(session, claim.subject or "")
        guesses = _not_refused(session, part, output.tags)
        by_person = part.set_by.get("tags") == "person"
        found = _add_tags(session, claim, part, guesses) if by_person else _set_tags(session, claim, part, guesses)
        _keep(session, claim, part, SuggestionField.TAGS, output, found)
        return None


class RecategorisePart(Step[Asked[TypeQuestion], Categorised]):
    """Ask again which type the part is; what a person decided about it stays."""

    name = "part.recategorise"
    queue = Queue.ASSIST
    output = Categorised

    def load(self, session: Session, claim: Claim) -> Asked[TypeQuestion]:
        """Return the question.

        Raises:
            NotNeeded: nothing is known of the part in words.
        """
        part = _known(session, claim)
        return about_type(session, claim.run_id, part.id4, text_of(session, part.id4, _text(part)))

    def work(self, given: Asked[TypeQuestion]) -> Categorised:
        """Ask."""
        return categorised(given)

    def record(self, session: Session, claim: Claim, output: Categorised) -> Gap | None:
        """Set or propose the type if it differs, and keep what was found."""
        part = PartService.lock(session, claim.subject or "")
        type_ = TypeService.find_kept(session, output.type_name) if output.type_name else None
        _keep(session, claim, part, SuggestionField.TYPE, output, _set_type(session, claim, part, type_, output))
        return None


def _known(session: Session, claim: Claim) -> Part:
    part = PartService.get(session, claim.subject or "")
    if not part.manufacturer_code and not part.description:
        raise NotNeeded("the part has neither a number nor a description")
    return part


def _text(part: Part) -> PartText:
    return PartText(
        manufacturer_code=part.manufacturer_code or "", manufacturer=part.manufacturer, description=part.description
    )


def _not_refused(session: Session, part: Part, answer: Sequence[TagGuess]) -> dict[str, TagGuess]:
    """Return the tags of an answer in the user's words, surest first, less those that a person refused."""
    guesses: dict[str, TagGuess] = {}
    for guess in answer:
        (tag,) = TagService.canonicalise(session, [guess.tag])
        if not RefusalService.find(session, part.id4, SuggestionField.TAGS, [tag], ()):
            guesses.setdefault(tag, guess)
    return guesses


def _add_tags(session: Session, claim: Claim, part: Part, guesses: dict[str, TagGuess]) -> DriftFound:
    """Propose the tags that a person's lack, less those that the person took off."""
    taken_off = RepeatedService.list_accepted_words(session, part.id4, SuggestionField.TAGS)
    lacking = [tag for tag in guesses if tag not in part.tags]
    added = [tag for tag in lacking if tag not in taken_off]
    outcome = DriftOutcome.KEPT if lacking else DriftOutcome.NONE
    if added and _propose_tags(session, claim, part, guesses, added, accept_from=None):
        outcome = DriftOutcome.PROPOSED
    return DriftFound(lacking, (), outcome)


def _set_tags(session: Session, claim: Claim, part: Part, guesses: dict[str, TagGuess]) -> DriftFound:
    """Set the tags that are sure instead of a machine's earlier ones, and propose those that are not."""
    least = get_settings().intake.accept_words_confidence
    sure = [tag for tag in guesses if tag not in part.tags and guesses[tag].confidence >= least]
    unsure = [tag for tag in guesses if tag not in part.tags and tag not in sure]
    stay = [tag for tag in part.tags if tag in guesses]
    # An answer that knows nothing does not take away what an earlier one knew.
    removed = [tag for tag in part.tags if tag not in guesses] if stay or sure else []
    before, outcome = list(part.tags), DriftOutcome.KEPT if sure or unsure or removed else DriftOutcome.NONE
    if sure or removed:
        outcome = _outcome(before, part, _propose_tags(session, claim, part, guesses, [*stay, *sure], accept_from=0.0))
    if unsure and outcome != DriftOutcome.PROPOSED:
        is_new = _propose_tags(session, claim, part, guesses, unsure, accept_from=None)
        outcome = DriftOutcome.PROPOSED if is_new and outcome != DriftOutcome.SET else outcome
    return DriftFound([*sure, *unsure], removed, outcome)


def _outcome(before: Sequence[str], part: Part, is_proposed: bool) -> DriftOutcome:
    if list(part.tags) != list(before):
        return DriftOutcome.SET
    return DriftOutcome.PROPOSED if is_proposed else DriftOutcome.KEPT


def _propose_tags(
    session: Session,
    claim: Claim,
    part: Part,
    guesses: dict[str, TagGuess],
    tags: Sequence[str],
    *,
    accept_from: float | None,
) -> bool:
    chosen = [guesses[tag] for tag in tags]
    return RepeatedService.propose(
        session,
        part,
        SuggestionField.TAGS,
        list(tags),
        run_id=claim.run_id,
        confidence=min(guess.confidence for guess in chosen),
        evidence=[reason for guess in chosen for reason in guess.evidence],
        accept_from=accept_from,
        replaces=is_local(),
    )


def _set_type(session: Session, claim: Claim, part: Part, type_: Type | None, output: Categorised) -> DriftFound:
    now = session.get(Type, part.type_id) if part.type_id else None
    if type_ is None or type_ is now:
        return DriftFound((), (), DriftOutcome.NONE)
    added, removed = (type_.name,), (now.name,) if now else ()
    decided = RepeatedService.list_accepted_words(session, part.id4, SuggestionField.TYPE)
    by_person = part.set_by.get("type_id") == "person"
    refused = RefusalService.find(session, part.id4, SuggestionField.TYPE, type_.name, ())
    if refused or (by_person and type_.name in decided):
        return DriftFound(added, removed, DriftOutcome.KEPT)
    is_proposed = RepeatedService.propose(
        session,
        part,
        SuggestionField.TYPE,
        type_.name,
        run_id=claim.run_id,
        confidence=output.confidence,
        evidence=output.evidence,
        accept_from=None if by_person else get_settings().intake.accept_words_confidence,
        replaces=is_local(),
    )
    if part.type_id == type_.id:
        return DriftFound(added, removed, DriftOutcome.SET)
    return DriftFound(added, removed, DriftOutcome.PROPOSED if is_proposed else DriftOutcome.KEPT)


def _keep(
    session: Session,
    claim: Claim,
    part: Part,
    field: SuggestionField,
    output: Tagged | Categorised,
    found: DriftFound,
) -> None:
    assert output.basis, "these steps always ask on a basis"
    before = UpkeepService.find_basis(session, part.id4, RETAG, field)
    DriftService.record(
        session,
        claim.run_id,
        part.id4,
        field,
        cause=cause_of(before, output.basis),
        added=found.added,
        removed=found.removed,
        outcome=found.outcome,
    )
    keep_basis(session, part.id4, field, output.basis)


retag_part = as_task(RetagPart())
recategorise_part = as_task(RecategorisePart())
