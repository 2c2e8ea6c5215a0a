"""Steps that ask again about the words of a part that has some, and write only what differs."""

from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from models import Part
from schemas.assistant import PartText, TagQuestion, TypeQuestion
from schemas.ledger import Gap
from schemas.step import Categorised, Tagged
from schemas.suggestion import SuggestionField
from schemas.upkeep import RETAG, cause_of
from services.part import PartService
from services.type import TypeService
from services.upkeep import DriftService, UpkeepService
from tasks.differences import DriftFound, add_tags, not_refused, set_tags, set_type
from tasks.words import Asked, about_tags, about_type, categorised, keep_basis, tagged, text_of


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
        guesses = not_refused(session, part, output.tags)
        by_person = part.set_by.get("tags") == "person"
        found = add_tags(session, claim, part, guesses) if by_person else set_tags(session, claim, part, guesses)
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
        _keep(session, claim, part, SuggestionField.TYPE, output, set_type(session, claim, part, type_, output))
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
