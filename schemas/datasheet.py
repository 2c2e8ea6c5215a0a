"""Looking for a datasheet: leads, what became of each, and what a PDF says."""

from enum import StrEnum

from schemas.base import Dto
from schemas.evidence import Confidence


class Verdict(StrEnum):
    """What the gate says of a candidate; everything but OK is a reason code shown to the user."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    NOT_PDF = "not_pdf"
    HTML_SHELL = "html_shell"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    ENCRYPTED = "encrypted"
    WRONG_PART = "wrong_part"
    WRONG_KIND = "wrong_kind"
    DUPLICATE = "duplicate"
    FORBIDDEN_ADDRESS = "forbidden_address"
    TIMEOUT = "timeout"


class DatasheetLead(Dto):
    """A URL somebody proposes; hostile until fetched and judged."""

    url: str
    source: str
    "who proposed it: catalogue:NAME, model:NAME, user"


class Fetched(Dto):
    """A file that was fetched, and where it really came from."""

    url: str
    "as asked for"
    final_url: str
    "after redirects"
    content: bytes
    media_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class PdfText(Dto):
    """The text of a PDF that parsed within its limits."""

    pages: tuple[str, ...]
    "the text of each page that was read, from the first"
    page_count: int
    "of the whole document, at least len(pages)"
    title: str | None = None
    scanned: bool = False
    "pictures of pages, without a usable text layer"


class Judgement(Dto):
    """The gate's verdict on one file, with the words it rests on."""

    verdict: Verdict
    detail: str
    "a sentence for a person"
    confidence: Confidence = 0.0
    page: int | None = None
    quote: str | None = None
