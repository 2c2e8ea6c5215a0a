"""Inspection of an uploaded document: it must be an intact PDF or picture, and nothing else at the same time."""

import re
from typing import BinaryIO, Final, NamedTuple

from clients.files import kinds
from clients.files.image_reader import ImageReader
from clients.files.pdf_reader import PdfReader
from schemas.datasheet import Verdict
from schemas.errors import Refused
from settings.groups import ImageSettings, PdfSettings

PDF: Final = kinds.PDF.media_type

_ACCEPTED: Final = (kinds.PDF, kinds.JPEG, kinds.PNG, kinds.WEBP)
_MARKUP: Final = re.compile(rb"<(script|html|!doctype\s+html|iframe|svg|\?php)\b", re.IGNORECASE)
_END_OF_ZIP: Final = b"PK\x05\x06"
_END_OF_PDF: Final = b"%%EOF"
_TAIL_BYTES: Final = 22 + 0xFFFF
"The most bytes from the end of a ZIP archive at which its directory may be recorded."
_CHUNK: Final = 1 << 18
_OVERLAP: Final = 32
_PROBE_SIDE: Final = 64
_NICE: Final = 10
"Looking at an upload must not slow what else the machine does: anyone may send many that take long."
_LIMITS: Final = {
    "too_many_pixels": "PARTFLOW_IMAGE_MAX_MEGAPIXELS and PARTFLOW_IMAGE_MEMORY_MB",
    Verdict.TOO_LARGE: "PARTFLOW_PDF_MAX_PAGES and PARTFLOW_PDF_MEMORY_MB",
    Verdict.TIMEOUT: "PARTFLOW_API_LOOK_SECONDS and PARTFLOW_PDF_REFUSE_ACTIVE",
}


class Inspected(NamedTuple):
    """The kind of a file."""

    media_type: str
    page_count: int | None
    "of a PDF, if it could be counted in time"


class DocumentReader:
    """Inspects untrusted uploads while a client waits: in constant memory, and not for long."""

    def __init__(self, pdf: PdfSettings, image: ImageSettings, seconds: float) -> None:
        hurried_pdf = pdf.model_copy(update={"timeout_seconds": min(seconds, pdf.timeout_seconds)})
        hurried_image = image.model_copy(update={"timeout_seconds": min(seconds, image.timeout_seconds)})
        self._pdf, self._image = PdfReader(hurried_pdf, nice=_NICE), ImageReader(hurried_image, nice=_NICE)
        # What a PDF would do has to be known before it is taken.
        self._takes_slow_pdfs = not pdf.refuse_active

    def inspect(self, source: BinaryIO) -> Inspected:
        """Return the kind of a file by its content.

        A file that takes longer is accepted if its first bytes are in order, and read later by a worker.

        Raises:
            Refused: the file is not a PDF, JPEG, PNG or WebP, is damaged, or is something else as well.
        """
        media_type = _sniff(source)
        _refuse_second_nature(source, media_type)
        source.seek(0)
        try:
            return self._look(source, media_type)
        except Refused as refusal:
            if refusal.code == Verdict.TIMEOUT and (media_type != PDF or self._takes_slow_pdfs):
                return Inspected(media_type, None)
            raise Refused(refusal.code, refusal.detail, limit=_LIMITS.get(refusal.code)) from refusal

    def _look(self, source: BinaryIO, media_type: str) -> Inspected:
        if media_type == PDF:
            return Inspected(PDF, self._pdf.count(source))
        self._image.prepare(source, max_side=_PROBE_SIDE)
        return Inspected(media_type, None)


def _sniff(source: BinaryIO) -> str:
    source.seek(0)
    head = kinds.head_of(source)
    kind = kinds.kind_of(head)
    if kind not in _ACCEPTED:
        raise Refused("wrong_kind", f"the file is {kind.name}" if kind else "the file does not begin like any of these")
    if kind is not kinds.PDF and b"%PDF-" in head:
        raise Refused("polyglot", "the file is a picture and a PDF at once")
    if kind is kinds.PDF and _MARKUP.search(head):
        raise Refused("polyglot", "the file is a PDF and an HTML page at once")
    return kind.media_type


def _refuse_second_nature(source: BinaryIO, media_type: str) -> None:
    """Refuse a file that another program would open as something else."""
    tail = _tail(source)
    if _is_archive(tail):
        raise Refused("polyglot", "the file is a ZIP archive as well")
    if media_type == PDF:
        _, end, rest = tail.rpartition(_END_OF_PDF)
        if end and rest.strip(b"\0 \t\r\n\f\x1a"):
            raise Refused("polyglot", "other data follows the end of the PDF")
    elif _has_markup(source):
        raise Refused("polyglot", "the picture contains a script or a web page")


def _tail(source: BinaryIO) -> bytes:
    size = source.seek(0, 2)
    source.seek(max(0, size - _TAIL_BYTES))
    return source.read()


def _is_archive(tail: bytes) -> bool:
    """Tell whether a ZIP archive's directory is recorded at the end, with a comment that reaches to the very end."""
    at = tail.find(_END_OF_ZIP)
    while at >= 0:
        comment = int.from_bytes(tail[at + 20 : at + 22], "little")
        if len(tail) - (at + 22) == comment:
            return True
        at = tail.find(_END_OF_ZIP, at + 1)
    return False


def _has_markup(source: BinaryIO) -> bool:
    source.seek(0)
    before = b""
    while chunk := source.read(_CHUNK):
        if _MARKUP.search(before + chunk):
            return True
        before = chunk[-_OVERLAP:]
    return False
