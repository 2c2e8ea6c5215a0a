"""Outputs of steps; the ledger keeps them, so fields are only ever added, with a default."""

from pydantic import AliasChoices, Field

from schemas.assistant import TagAnswer, TypeAnswer
from schemas.base import Dto
from schemas.datasheet import DatasheetEvidence, DatasheetLead, RevisionChanges, Verdict
from schemas.evidence import Confidence
from schemas.ledger import Gap
from schemas.markings import Markings
from schemas.pdf import PdfStructure
from schemas.upkeep import Basis


class PreparedPhoto(Dto):
    """The upright JPEG copy of a photo that the readers use."""

    sha256: str
    size: int
    width: int
    height: int
    look: str = ""
    "256 bits in hex, by which copies of the photo are recognised"


class ReadPhoto(Markings):
    """What was read off the photo."""

    unread: Gap | None = None
    "why its print was not read, if it was not"


class Tagged(TagAnswer):
    """Tags, and what the answer rests on."""

    basis: Basis | None = None


class Categorised(TypeAnswer):
    """A type, and what the answer rests on."""

    basis: Basis | None = None


class Leads(Dto):
    """The leads to a datasheet, best first; the position in the list is the candidate's index."""

    leads: tuple[DatasheetLead, ...] = ()


class CandidateOutcome(Dto):
    """The outcome of one candidate."""

    verdict: Verdict
    detail: str
    final_url: str | None = None
    sha256: str | None = None
    "of the accepted file, which is then in object storage"
    confidence: Confidence = 0.0
    page: int | None = None
    quote: str | None = None
    "the words that support the verdict"
    seen_sha256: str | None = None
    "of the file that the address sent, whether it was accepted or not"
    etag: str | None = None
    last_modified: str | None = None


class SourceCheck(CandidateOutcome):
    """What became of asking an address whether it has something new; `sha256` is of a file that the part lacks."""

    url: str = ""
    unchanged: bool = False
    "it says that the file is still the one that it sent last"


class ChosenDatasheet(Dto):
    """The index of the chosen candidate, if any, and the indexes of the candidates with the same file."""

    index: int | None = Field(None, validation_alias=AliasChoices("index", "slot"))
    "called slot in outputs that older code recorded"
    duplicates: tuple[int, ...] = ()


class IngestedDatasheet(Dto):
    """A stored and indexed datasheet."""

    sha256: str
    url: str
    size: int
    page_count: int
    evidence: DatasheetEvidence | None = None
    pages: tuple[str, ...] = Field((), exclude=True)
    "the text, on its way to document_pages; not kept in the ledger"
    structure: PdfStructure | None = Field(None, exclude=True)
    "on its way to document_chapters, likewise"


class RevisedDatasheet(IngestedDatasheet):
    """A stored and indexed file that comes after the datasheet of the part."""

    document: int
    "the datasheet"
    changes: RevisionChanges
    succeeds: bool
    "it comes from the address of the datasheet, or says that it is later"
