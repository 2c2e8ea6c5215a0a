"""Steps that ask the assistant."""

from uuid import UUID

from sqlalchemy.orm import Session

from clients.assistant import Job, LocalAssistant
from engine.ledger.ledger import Claim
from engine.step.step import NotNeeded, Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from schemas.assistant import (
    DatasheetAnswer,
    DatasheetQuestion,
    PartText,
    TagAnswer,
    TagGuess,
    TagQuestion,
    TypeAnswer,
    TypeQuestion,
)
from schemas.datasheet import DatasheetLead
from schemas.errors import StepError
from schemas.ledger import Gap
from schemas.step import Leads
from schemas.suggestion import SuggestionField
from schemas.vocabulary import VOCABULARY
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

DATASHEET_PAGES = 5
"Pages of the datasheet that tagging and categorising look at."


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
        if len(leads) < question.limit and not _is_local():
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


class TagPart(Step[tuple[UUID, TagQuestion], TagAnswer]):
    """Put words of the vocabulary on the part."""

    name = "part.tag"
    queue = Queue.ASSIST
    output = TagAnswer

    def load(self, session: Session, claim: Claim) -> tuple[UUID, TagQuestion]:
        """Return the question, with the words about the part."""
        text = part_text(session, claim)
        return claim.run_id, TagQuestion(part=text, vocabulary=VOCABULARY, limit=get_settings().intake.max_tags)

    def work(self, given: tuple[UUID, TagQuestion]) -> TagAnswer:
        """Ask."""
        run_id, question = given
        return ask(run_id, Job.SUGGEST_TAGS, question, call=assistant().suggest_tags, answer_type=TagAnswer)

    def record(self, session: Session, claim: Claim, output: TagAnswer) -> Gap | None:
        """Set the tags that are sure enough, and propose the others."""
        if not output.tags:
            return Gap(step=self.name, reason="no_tags", detail="no tag of the vocabulary fits")
        accept_from = get_settings().intake.accept_words_confidence
        part = PartService.lock(session, claim.subject or "")
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
                    replaces=_is_local(),
                )
        return None


def _is_local() -> bool:
    """Tell whether answers come from rules; a model can be talked into one by what it reads."""
    return isinstance(assistant(), LocalAssistant)


def _is_refused(session: Session, part_id4: str, guess: TagGuess) -> bool:
    words = TagService.canonicalise(session, [guess.tag])
    return RefusalService.find(session, part_id4, SuggestionField.TAGS, words, guess.evidence) is not None


class CategorisePart(Step[tuple[UUID, TypeQuestion], TypeAnswer]):
    """Say which of the user's types the part is."""

    name = "part.categorise"
    queue = Queue.ASSIST
    output = TypeAnswer

    def load(self, session: Session, claim: Claim) -> tuple[UUID, TypeQuestion]:
        """Return the question, with the words about the part."""
        # By name, so that a new order asks no new question of a model that has answered this one.
        types = tuple(sorted(each.name for each in TypeService.list(session)))
        return claim.run_id, TypeQuestion(part=part_text(session, claim), types=types)

    def work(self, given: tuple[UUID, TypeQuestion]) -> TypeAnswer:
        """Ask."""
        run_id, question = given
        return ask(run_id, Job.SUGGEST_TYPE, question, call=assistant().suggest_type, answer_type=TypeAnswer)

    def record(self, session: Session, claim: Claim, output: TypeAnswer) -> Gap | None:
        """Propose the type."""
        part = PartService.lock(session, claim.subject or "")
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
            replaces=_is_local(),
        )
        return None


def part_text(session: Session, claim: Claim) -> PartText:
    """Return what is known of the part in words.

    Raises:
        NotNeeded: the part is not identified.
    """
    part = identified(session, claim)
    datasheet = DocumentService.find_datasheet(session, claim.subject or "")
    catalogue = CatalogueService.find(session, [part.manufacturer_code])
    pages: tuple[str, ...] = ()
    if datasheet and datasheet.blob_sha256:
        pages = DocumentService.list_first_pages(session, datasheet.blob_sha256, DATASHEET_PAGES)
    return PartText(
        manufacturer_code=part.manufacturer_code,
        manufacturer=part.manufacturer,
        description=part.description or next((row.description for row in catalogue if row.description), None),
        keywords=" ".join(filter(None, (word for row in catalogue for word in (row.keywords, row.type_name)))) or None,
        datasheet=pages,
    )


DISCOVER_DATASHEETS = DiscoverDatasheets()

discover_datasheets = as_task(DISCOVER_DATASHEETS)
tag_part = as_task(TagPart())
categorise_part = as_task(CategorisePart())
