"""Reading hostile PDFs, in child processes with limits."""

import re
from typing import Annotated, BinaryIO, Final, Literal

from pydantic import Field, ValidationError

from clients.files import kinds, sandbox
from clients.files.pdf_structure import UNREAD, structure_of
from clients.files.pdf_text import clean, is_scan
from schemas.base import Dto
from schemas.datasheet import PdfText, Verdict
from schemas.errors import Refused, Transient
from schemas.pdf import PdfStructure
from settings.groups import PdfSettings

_HEAD: Final = 1024
_CUT: Final = "the file ends before the PDF does"
_BREAKS: Final = "the file begins like a PDF, but breaks the PDF parser"
_SPACE: Final = re.compile(r"\s+")
_STRUCTURE_SECONDS: Final = 10


class _Answer(Dto):
    """The child's answer; a hostile file may have taken the child over, so every field is bounded."""

    refused: Literal["encrypted", "unreadable", "too_many_pages", "no_pages"] | None = None
    cut: bool = False
    pages: tuple[str, ...] = ()
    page_count: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    title: Annotated[str, Field(max_length=100_000)] = ""
    pictured: tuple[float, ...] = ()


class PdfReader:
    """Reads untrusted PDFs."""

    def __init__(self, settings: PdfSettings, *, nice: int = 0) -> None:
        self._options = {"max_pages": settings.max_pages, "max_read_pages": settings.max_read_pages}
        self._limits = sandbox.Limits(settings.timeout_seconds, settings.memory_mb, nice=nice)
        self._refuses_active = settings.refuse_active

    def read(self, content: bytes | BinaryIO) -> PdfText:
        """Return the text of the pages, safe to store in PostgreSQL.

        Raises:
            Refused: the file is not a PDF, or cannot be read within the limits.
        """
        answer = self._ask(content, self._options)
        self._refuse_active(content)
        pages = tuple(clean(page) for page in answer.pages)
        return PdfText(
            pages=pages,
            page_count=max(answer.page_count, len(pages)),
            title=_SPACE.sub(" ", clean(answer.title)).strip()[:500] or None,
            scanned=is_scan(pages[: len(answer.pictured)], answer.pictured),
        )

    def count(self, content: bytes | BinaryIO) -> int:
        """Return the number of pages, reading the text of the first only.

        Raises:
            Refused: as `read`.
        """
        count = self._ask(content, {**self._options, "max_read_pages": 1}).page_count
        self._refuse_active(content)
        return count

    def describe(self, content: bytes | BinaryIO) -> PdfStructure:
        """Return the properties and chapters of a PDF; what cannot be read within the limits is left out."""
        if not isinstance(content, bytes):
            content.seek(0)
        limits = self._limits._replace(seconds=min(self._limits.seconds, _STRUCTURE_SECONDS))
        try:
            return structure_of(sandbox.run("clients.files._pdf_structure_child", content, {}, limits=limits))
        except sandbox.NotStarted as error:
            raise Transient("sandbox_unavailable", str(error)) from error
        except (sandbox.SandboxError, ValidationError):
            return UNREAD

    def _refuse_active(self, content: bytes | BinaryIO) -> None:
        if self._refuses_active:
            found = self.describe(content).properties
            if found.active or not found.complete:
                what = " and ".join(each.replace("_", " ") for each in found.active) or "what cannot be looked at"
                detail = f"the PDF has active content ({what}), which PARTFLOW_PDF_REFUSE_ACTIVE does not allow"
                raise Refused(Verdict.ACTIVE_CONTENT, detail)

    def draw(self, content: bytes | BinaryIO, *, side: int, png: bool = False) -> bytes:
        """Return a JPEG or PNG of the first page, with `side` pixels on its longer side.

        Raises:
            Refused: the page cannot be drawn within the limits.
        """
        options = {"side": side, "png": png}
        picture = self._run("clients.files._pdf_drawing_child", content, options)
        if not picture.startswith(b"\x89PNG" if png else b"\xff\xd8\xff"):
            raise Refused(Verdict.NOT_PDF, "the PDF's first page cannot be drawn")
        return picture

    def _ask(self, content: bytes | BinaryIO, options: dict[str, int]) -> _Answer:
        _refuse_other_kinds(kinds.head_of(content)[:_HEAD])
        try:
            answer = _Answer.model_validate_json(self._run("clients.files._pdf_child", content, options))
        except ValidationError as error:
            raise Refused(Verdict.NOT_PDF, _BREAKS) from error
        if answer.refused is not None or not answer.pages:
            raise self._refusal(answer.refused or "no_pages", answer)
        if answer.cut:
            raise Refused(Verdict.TRUNCATED, _CUT)
        return answer

    def _run(self, module: str, content: bytes | BinaryIO, options: dict[str, int]) -> bytes:
        try:
            return sandbox.run(module, content, options, limits=self._limits)
        except sandbox.NotStarted as error:
            raise Transient("sandbox_unavailable", str(error)) from error
        except sandbox.TimedOut:
            raise Refused(Verdict.TIMEOUT, f"reading the PDF takes over {self._limits.seconds:g} s") from None
        except sandbox.OutOfMemory:
            raise Refused(Verdict.TOO_LARGE, f"reading the PDF takes over {self._limits.memory_mb} MB") from None
        except sandbox.SandboxError as error:
            raise Refused(Verdict.NOT_PDF, _BREAKS) from error

    def _refusal(self, reason: str, answer: _Answer) -> Refused:
        if reason == "encrypted":
            return Refused(Verdict.ENCRYPTED, "the PDF needs a password")
        if reason == "too_many_pages":
            return Refused(Verdict.TOO_LARGE, f"the PDF has more than {self._options['max_pages']} pages")
        if answer.cut:
            return Refused(Verdict.TRUNCATED, _CUT)
        if reason == "no_pages":
            return Refused(Verdict.NOT_PDF, "the PDF has no pages")
        return Refused(Verdict.NOT_PDF, "the file begins like a PDF, but is damaged beyond reading")


def _refuse_other_kinds(head: bytes) -> None:
    """Refuse a file that a browser or an archiver would open as something else, even if it is also a PDF."""
    kind = kinds.kind_of(head)
    if kind is kinds.HTML:
        raise Refused(Verdict.HTML_SHELL, "the file is an HTML page")
    if kind not in (None, kinds.PDF) or b"%PDF-" not in head:
        raise Refused(Verdict.NOT_PDF, "the file does not begin like a PDF" if head else "the file is empty")
