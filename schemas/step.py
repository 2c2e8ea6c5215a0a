"""What steps put out; kept in the ledger, so fields are only ever added, with a default."""

from pydantic import AliasChoices, Field

from schemas.base import Dto
from schemas.datasheet import DatasheetLead, Verdict
from schemas.evidence import Confidence
from schemas.ledger import Gap
from schemas.markings import Markings


class PreparedPhoto(Dto):
    """The upright JPEG copy that is read."""

    sha256: str
    size: int
    width: int
    height: int


class ReadPhoto(Markings):
    """What was read off the photo."""

    unread: Gap | None = None
    "why its print was not read, if it was not"


class Leads(Dto):
    """Where a datasheet may be, best first; the place in the list is the candidate's index."""

    leads: tuple[DatasheetLead, ...] = ()


class CandidateOutcome(Dto):
    """What became of one candidate."""

    verdict: Verdict
    detail: str
    final_url: str | None = None
    sha256: str | None = None
    "of the accepted file, which is in object storage then"
    confidence: Confidence = 0.0
    page: int | None = None
    quote: str | None = None
    "the words the verdict rests on"


class ChosenDatasheet(Dto):
    """The index of the accepted candidate that was chosen, if any, and those of candidates that held the same file."""

    index: int | None = Field(None, validation_alias=AliasChoices("index", "slot"))
    "called slot in outputs that older code recorded"
    duplicates: tuple[int, ...] = ()


class IngestedDatasheet(Dto):
    """A datasheet that is stored and indexed."""

    sha256: str
    url: str
    size: int
    page_count: int
    pages: tuple[str, ...] = Field((), exclude=True)
    "the text, on its way to document_pages; not kept in the ledger"
