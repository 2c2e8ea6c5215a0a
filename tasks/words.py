"""Questions about a part's tags and type, with what their answers rest on."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from clients.assistant import Job, LocalAssistant
from engine.ledger.ledger import Claim
from schemas.assistant import PartText, TagAnswer, TagQuestion, TypeAnswer, TypeQuestion
from schemas.step import Categorised, Tagged
from schemas.suggestion import SuggestionField
from schemas.upkeep import RETAG, Basis
from schemas.vocabulary import VOCABULARY
from services.catalogue import CatalogueService
from services.document import DocumentService
from services.part import PartService
from services.type import TypeService
from services.upkeep import READ_PAGES, UpkeepService
from settings import get_settings
from tasks.ask import ask
from tasks.clients import assistant
from tasks.identify import identified


class Asked[Q](NamedTuple):
    """A question of a run, and what its answer will rest on."""

    run_id: UUID
    question: Q
    basis: Basis


class Choice(NamedTuple):
    """Who would answer today, and the words to choose from."""

    by: str
    words: tuple[str, ...]

    @property
    def digest(self) -> str:
        """A digest of the words."""
        return hashlib.sha256("\n".join(self.words).encode()).hexdigest()[:16]


def is_local() -> bool:
    """Tell whether answers come from rules; a model can be talked into one by what it reads."""
    return isinstance(assistant(), LocalAssistant)


def words_of_today(session: Session) -> dict[SuggestionField, Choice]:
    """Return who would answer today about tags and about the type, and from which words."""
    # By name, so that a new order asks no new question of a model that has answered this one.
    types = tuple(sorted(each.name for each in TypeService.list(session)))
    limit = str(get_settings().intake.max_tags)
    return {
        SuggestionField.TAGS: Choice(assistant().version(Job.SUGGEST_TAGS), (limit, *VOCABULARY)),
        SuggestionField.TYPE: Choice(assistant().version(Job.SUGGEST_TYPE), types),
    }


def about_tags(session: Session, run_id: UUID, part_id4: str, text: PartText) -> Asked[TagQuestion]:
    """Return the question which tags fit a part."""
    question = TagQuestion(part=text, vocabulary=VOCABULARY, limit=get_settings().intake.max_tags)
    return Asked(run_id, question, _basis(session, part_id4, words_of_today(session)[SuggestionField.TAGS]))


def about_type(session: Session, run_id: UUID, part_id4: str, text: PartText) -> Asked[TypeQuestion]:
    """Return the question which type a part is."""
    words = words_of_today(session)[SuggestionField.TYPE]
    return Asked(run_id, TypeQuestion(part=text, types=words.words), _basis(session, part_id4, words))


def tagged(given: Asked[TagQuestion]) -> Tagged:
    """Ask for tags.

    Raises:
        StepError: as `ask` says.
    """
    call = assistant().suggest_tags
    answer = ask(given.run_id, Job.SUGGEST_TAGS, given.question, call=call, answer_type=TagAnswer)
    return Tagged(**dict(answer), basis=given.basis)


def categorised(given: Asked[TypeQuestion]) -> Categorised:
    """Ask for the type.

    Raises:
        StepError: as `ask` says.
    """
    call = assistant().suggest_type
    answer = ask(given.run_id, Job.SUGGEST_TYPE, given.question, call=call, answer_type=TypeAnswer)
    return Categorised(**dict(answer), basis=given.basis)


def keep_basis(session: Session, part_id4: str, field: SuggestionField, basis: Basis | None) -> None:
    """Keep what an answer rests on, by which the part is due to be tagged again."""
    if basis is not None:
        UpkeepService.record_basis(session, part_id4, RETAG, field, basis)


def identified_text(session: Session, claim: Claim) -> PartText:
    """Return what is known in words of the part that a run identified.

    Raises:
        NotNeeded: the part is not identified.
    """
    part = identified(session, claim)
    return text_of(
        session,
        claim.subject or "",
        PartText(
            manufacturer_code=part.manufacturer_code, manufacturer=part.manufacturer, description=part.description
        ),
    )


def text_of(session: Session, part_id4: str, known: PartText) -> PartText:
    """Return what is known of a part, with the words of the catalogue and of its datasheet."""
    datasheet = DocumentService.find_datasheet(session, part_id4)
    catalogue = CatalogueService.find(session, [known.manufacturer_code])
    sha256 = datasheet.blob_sha256 if datasheet else None
    pages = DocumentService.list_first_pages(session, sha256, READ_PAGES) if sha256 else ()
    return PartText(
        manufacturer_code=known.manufacturer_code,
        manufacturer=known.manufacturer,
        description=known.description or next((row.description for row in catalogue if row.description), None),
        keywords=_joined(word for row in catalogue for word in (row.keywords, row.type_name)),
        datasheet=pages,
    )


def _joined(words: Iterable[str | None]) -> str | None:
    return " ".join(filter(None, words)) or None


def _basis(session: Session, part_id4: str, words: Choice) -> Basis:
    return Basis(
        by=words.by,
        words=words.digest,
        text=UpkeepService.get_text_key(session, PartService.resolve(session, part_id4)),
    )
