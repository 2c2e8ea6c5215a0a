"""Steps that ask the assistant."""

from uuid import UUID

from sqlalchemy.orm import Session

from clients.assistant import Job, LocalAssistant
from engine.ledger.ledger import Claim
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from schemas.assistant import DatasheetAnswer, DatasheetQuestion, TagGuess, TagQuestion, TypeQuestion
from schemas.datasheet import DatasheetLead
from schemas.errors import StepError
from schemas.ledger import Gap
from schemas.step import Categorised, Leads, Tagged
from schemas.suggestion import SuggestionField
from services.catalogue import CatalogueService
from services.datasheet import DatasheetCandidateService
from services.document import DocumentService
from services.part import PartService
from services.suggestion import RefusalService, SuggestionService
from services.tag import TagService
from services.type import TypeService
from settings import get_settings
from tasks.ask import ask
from tasks.clients import assistant
from tasks.identify import identified
from tasks.words import Asked, about_tags, about_type, categorised, identified_text, is_local, keep_basis, tagged


class DiscoverDatasheets(Step[tuple[UUID, DatasheetQuestion], Leads]):
    """Find addresses where the datasheet may be."""

    name = "datasheet.discover"
    queue = Queue.ASSIST
    output = Leads

    def load(self, session: Session, claim: Claim) -> tuple[UUID, DatasheetQuestion]:
        """Return the question, with what the catalogue says."""
        part = identified(session, claim)
        if DocumentService.find_datasheet(session, claim.subject or ""):
            raise NotNeeded("the part has a datasheet")
        return claim.run_id, DatasheetQuestion(
            manufacturer_code=part.manufacturer_code,
            manufacturer=part.manufacturer,
            catalogue=CatalogueService.find(session, [part.manufacturer_code]),
            limit=get_settings().intake.max_datasheet_candidates,
        )

    def work(self, given: tuple[UUID, DatasheetQuestion]) -> Leads:
        """Take the catalogue's leads first; a model is asked for as many as are left."""
        run_id, question = given
        leads = LocalAssistant().find_datasheets(question).answer.leads
        if len(leads) < question.limit and not is_local():
            leads += _searched(run_id, question, leads)
        return Leads(leads=leads[: question.limit])

    def record(self, session: Session, claim: Claim, output: Leads) -> Gap | None:
        """Write the candidates."""
        DatasheetCandidateService.replace(session, claim.run_id, output.leads)
        if output.leads:
            return None
        return Gap(step=self.name, reason="no_leads", detail="no datasheet found: no source names an address for it")


def _searched(run_id: UUID, question: DatasheetQuestion, known: tuple[DatasheetLead, ...]) -> tuple[DatasheetLead, ...]:
    """Ask the model for more leads; when some are known already, its failure does not matter."""
    try:
        answer = ask(
            run_id, Job.FIND_DATASHEETS, question, call=assistant().find_datasheets, answer_type=DatasheetAnswer
        )
    except StepError:
        if known:
            return ()
        raise
    urls = {lead.url for lead in known}
    return tuple(lead for lead in answer.leads if lead.url not in urls)


class TagPart(Step[Asked[TagQuestion], Tagged]):
    """Put words of the vocabulary on the part."""

    name = "part.tag"
    queue = Queue.ASSIST
    output = Tagged

    def load(self, session: Session, claim: Claim) -> Asked[TagQuestion]:
        """Return the question, with the words about the part."""
        return about_tags(session, claim.run_id, claim.subject or "", identified_text(session, claim))

    def work(self, given: Asked[TagQuestion]) -> Tagged:
        """Ask."""
        return tagged(given)

    def record(self, session: Session, claim: Claim, output: Tagged) -> Gap | None:
        """Set the tags that are sure enough, and propose the others."""
        part = PartService.lock(session, claim.subject or "")
        keep_basis(session, part.id4, SuggestionField.TAGS, output.basis)
        if not output.tags:
            return Gap(step=self.name, reason="no_tags", detail="no tag of the vocabulary fits")
        accept_from = get_settings().intake.accept_words_confidence
        kept = [guess for guess in output.tags if not _is_refused(session, part.id4, guess)]
        for sure in (True, False):
            guesses = [guess for guess in kept if (guess.confidence >= accept_from) == sure]
            if guesses:
                SuggestionService.propose(
                    session,
                    part,
                    SuggestionField.TAGS,
                    [guess.tag for guess in guesses],
                    run_id=claim.run_id,
                    confidence=min(guess.confidence for guess in guesses),
                    evidence=[reason for guess in guesses for reason in guess.evidence],
                    accept_from=accept_from,
                    replaces=is_local(),
                )
        return None


def _is_refused(session: Session, part_id4: str, guess: TagGuess) -> bool:
    words = TagService.canonicalise(session, [guess.tag])
    return RefusalService.find(session, part_id4, SuggestionField.TAGS, words, guess.evidence) is not None


class CategorisePart(Step[Asked[TypeQuestion], Categorised]):
    """Say which of the user's types the part is."""

    name = "part.categorise"
    queue = Queue.ASSIST
    output = Categorised

    def load(self, session: Session, claim: Claim) -> Asked[TypeQuestion]:
        """Return the question, with the words about the part."""
        return about_type(session, claim.run_id, claim.subject or "", identified_text(session, claim))

    def work(self, given: Asked[TypeQuestion]) -> Categorised:
        """Ask."""
        return categorised(given)

    def record(self, session: Session, claim: Claim, output: Categorised) -> Gap | None:
        """Propose the type."""
        part = PartService.lock(session, claim.subject or "")
        keep_basis(session, part.id4, SuggestionField.TYPE, output.basis)
        # The user may have renamed it, or taken it away, while the assistant was thinking.
        type_ = TypeService.find_kept(session, output.type_name) if output.type_name else None
        if type_ is None:
            return Gap(step=self.name, reason="no_type", detail="none of the types fits; choose one, or add it")
        SuggestionService.propose(
            session,
            part,
            SuggestionField.TYPE,
            type_.name,
            run_id=claim.run_id,
            confidence=output.confidence,
            evidence=output.evidence,
            accept_from=get_settings().intake.accept_words_confidence,
            replaces=is_local(),
        )
        return None


DISCOVER_DATASHEETS = DiscoverDatasheets()

discover_datasheets = as_task(DISCOVER_DATASHEETS)
tag_part = as_task(TagPart())
categorise_part = as_task(CategorisePart())
