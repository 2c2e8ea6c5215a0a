"""The search for a datasheet: leads, fetched files, the text of PDFs, and verdicts."""

from enum import StrEnum

from schemas.base import Dto
from schemas.evidence import Confidence


class Verdict(StrEnum):
    """The gate's verdict on a candidate; every verdict but OK is a reason code that the user sees."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    NOT_PDF = "not_pdf"
    HTML_SHELL = "html_shell"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    "a scan without usable text, which does not show what it is about"
    ACTIVE_CONTENT = "active_content"
    "scripts or actions of a PDF, when the settings refuse them"
    WRONG_PART = "wrong_part"
    WRONG_KIND = "wrong_kind"
    DUPLICATE = "duplicate"
    FORBIDDEN_ADDRESS = "forbidden_address"
    TIMEOUT = "timeout"


class DatasheetLead(Dto):
    """A URL that a source proposes; hostile until it is fetched and judged."""

    url: str
    source: str
    "the source of the lead: catalogue:NAME, model:NAME, user"


class Validators(Dto):
    """What a server said of the version of the file that it sent: the way to ask whether there is another by now."""

    url: str
    "the address that sent the file, after redirects"
    etag: str | None = None
    last_modified: str | None = None


class Fetched(Dto):
    """A fetched file, with its final URL."""

    url: str
    "the requested URL"
    final_url: str
    "the URL after redirects"
    content: bytes
    media_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class PdfText(Dto):
    """The text of a PDF that was parsed within the limits."""

    pages: tuple[str, ...]
    "the text of each page read, from the first"
    page_count: int
    "of the whole document, at least len(pages)"
    title: str | None = None
    scanned: bool = False
    "pictures of pages, without a usable text layer"


class DatasheetEvidence(Dto):
    """Why the gate accepted a file as the datasheet of a part; it stays when the run that found it is deleted."""

    reason: str
    "a sentence for a person"
    confidence: Confidence | None = None
    page: int | None = None
    "on which the quoted words stand, from 1; null is the document's title, or unknown"
    quote: str | None = None
    source: str
    "of the lead: catalogue:NAME, model:NAME, user"
    url: str
    "where the file was found"


class Edition(Dto):
    """What a datasheet says of its own version, as far as it could be read."""

    revision: str | None = None
    "as printed, such as C or 3.1"
    date: str | None = None
    "YYYY-MM or YYYY-MM-DD"
    pages: int

    def is_older_than(self, other: "Edition") -> bool:
        """Tell whether the dates say so; without both dates, nothing does."""
        if self.date is None or other.date is None:
            return False
        length = min(len(self.date), len(other.date))
        return self.date[:length] < other.date[:length]


class PageChange(Dto):
    """A page whose text differs from that of the page that it was."""

    page: int
    "from 1"
    before: int
    "its number in the earlier file"
    share: Confidence
    "of its lines that are others now"
    says: str | None = None
    "the first line that is new"


class RevisionChanges(Dto):
    """How a datasheet differs from the one before: what each says of itself, and which pages changed."""

    before: Edition
    after: Edition
    changed: tuple[PageChange, ...] = ()
    added: tuple[int, ...] = ()
    "pages of the later file"
    removed: tuple[int, ...] = ()
    "pages of the earlier file"
    summary: str
    "a sentence for a person"


class Judgement(Dto):
    """The gate's verdict on one file, with the words it rests on."""

    verdict: Verdict
    detail: str
    "a sentence for a person"
    confidence: Confidence = 0.0
    page: int | None = None
    quote: str | None = None
