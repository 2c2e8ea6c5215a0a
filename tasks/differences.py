"""Writing what an answer says of a part's words other than the part has, and only that."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim
from models import Part, Type
from schemas.assistant import TagGuess
from schemas.step import Categorised
from schemas.suggestion import SuggestionField
from schemas.upkeep import DriftOutcome
from services.suggestion import RefusalService, RepeatedService
from services.tag import TagService
from settings import get_settings
from tasks.words import is_local


class DriftFound(NamedTuple):
    """What an answer would change, and what became of it."""

    added: Sequence[str]
    removed: Sequence[str]
    outcome: DriftOutcome


def not_refused(session: Session, part: Part, answer: Sequence[TagGuess]) -> dict[str, TagGuess]:
    """Return the tags of an answer in the user's words, surest first, less those that a person refused."""
    guesses: dict[str, TagGuess] = {}
    for guess in answer:
        (tag,) = TagService.canonicalise(session, [guess.tag])
        if not RefusalService.find(session, part.id4, SuggestionField.TAGS, [tag], ()):
            guesses.setdefault(tag, guess)
    return guesses


def add_tags(session: Session, claim: Claim, part: Part, guesses: dict[str, TagGuess]) -> DriftFound:
    """Propose the tags that a person's lack, less those that the person took off."""
    taken_off = RepeatedService.list_accepted_words(session, part.id4, SuggestionField.TAGS)
    lacking = [tag for tag in guesses if tag not in part.tags]
    added = [tag for tag in lacking if tag not in taken_off]
    is_proposed = bool(added) and _propose_tags(session, claim, part, guesses, added, accept_from=None)
    return DriftFound(lacking, (), _outcome(bool(lacking), is_set=False, is_proposed=is_proposed))


def set_tags(session: Session, claim: Claim, part: Part, guesses: dict[str, TagGuess]) -> DriftFound:
    """Set the tags that are sure instead of a machine's earlier ones, and propose those that are not."""
    least = get_settings().intake.accept_words_confidence
    sure = [tag for tag in guesses if tag not in part.tags and guesses[tag].confidence >= least]
    unsure = [tag for tag in guesses if tag not in part.tags and tag not in sure]
    stay = [tag for tag in part.tags if tag in guesses]
    # An answer that knows nothing does not take away what an earlier one knew.
    removed = [tag for tag in part.tags if tag not in guesses] if stay or sure else []
    before, left = list(part.tags), [*sure, *unsure]
    if (sure or removed) and (is_local() or not part.tags):
        _propose_tags(session, claim, part, guesses, [*stay, *sure], accept_from=0.0)
        left = unsure
    is_proposed = bool(left) and _propose_tags(session, claim, part, guesses, left, accept_from=None)
    differs = bool(sure or unsure or removed)
    return DriftFound([*sure, *unsure], removed, _outcome(differs, is_set=part.tags != before, is_proposed=is_proposed))


def _outcome(differs: bool, *, is_set: bool, is_proposed: bool) -> DriftOutcome:
    if is_set or is_proposed:
        return DriftOutcome.SET if is_set else DriftOutcome.PROPOSED
    return DriftOutcome.KEPT if differs else DriftOutcome.NONE


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


def set_type(session: Session, claim: Claim, part: Part, type_: Type | None, output: Categorised) -> DriftFound:
    """Set a machine's type, or propose one beside a person's; what a person refused or changed is left."""
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
    is_set = part.type_id == type_.id
    return DriftFound(added, removed, _outcome(differs=True, is_set=is_set, is_proposed=is_proposed))
