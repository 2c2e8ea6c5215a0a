"""Reading the text of hostile PDFs, in a child process with limits."""

import re
from collections import Counter
from statistics import median
from typing import Annotated, BinaryIO, Final, Literal

from pydantic import Field, ValidationError

from clients.files import kinds, sandbox
from schemas.base import Dto
from schemas.datasheet import PdfText, Verdict
from schemas.errors import Refused, Transient
from settings.groups import PdfSettings

_HEAD: Final = 1024
_ONE_TO_ONE: Final = str.maketrans(
    {
        **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        **dict.fromkeys((0xA0, 0x2007, 0x202F, 0x3000), " "),
        **dict.fromkeys((0x2010, 0x2011, 0xAD), "-"),
        **dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)),
    }
)
_BROKEN_WORD: Final = re.compile("(?<=[a-z])[\x02\ufffe](?=[a-z])")
_BROKEN_CODE: Final = re.compile("(?<=[A-Za-z0-9])[\x02\ufffe](?=[A-Za-z0-9])")
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_CUT: Final = "the file ends before the PDF does"
_BREAKS: Final = "the file begins like a PDF, but breaks the PDF parser"
_SPACE: Final = re.compile(r"\s+")
_PICTURE_PAGE: Final = 0.5
_FEW_CHARACTERS: Final = 100
_BROKEN_TEXT: Final = 0.2


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

    def __init__(self, settings: PdfSettings) -> None:
        self._options = {"max_pages": settings.max_pages, "max_read_pages": settings.max_read_pages}
        self._limits = sandbox.Limits(settings.timeout_seconds, settings.memory_mb)

    def read(self, content: bytes | BinaryIO) -> PdfText:
        """Return the text of the pages, safe to store in PostgreSQL.

        Raises:
            Refused: the file is not a PDF, or cannot be read within the limits.
        """
        answer = self._ask(content, self._options)
        pages = tuple(_clean(page) for page in answer.pages)
        return PdfText(
            pages=pages,
            page_count=max(answer.page_count, len(pages)),
            title=_SPACE.sub(" ", _clean(answer.title)).strip()[:500] or None,
            scanned=_is_scan(pages[: len(answer.pictured)], answer.pictured),
        )

    def count(self, content: bytes | BinaryIO) -> int:
        """Return the number of pages, reading the text of the first only.

        Raises:
            Refused: as `read`.
        """
        return self._ask(content, {**self._options, "max_read_pages": 1}).page_count

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


def _clean(text: str) -> str:
    """Return text that PostgreSQL can store; no NFKC, because one character of a part number must stay one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text = _BROKEN_CODE.sub("-", _BROKEN_WORD.sub("", text))
    return _UNSTORABLE.sub("", text.translate(_ONE_TO_ONE))


def _is_scan(pages: tuple[str, ...], pictured: tuple[float, ...]) -> bool:
    """Tell whether the text says nothing: hardly any but for stamps that repeat, or debris on pictures of pages."""
    lines = Counter(line for page in pages for line in set(page.splitlines()))
    own = ["".join(line for line in page.splitlines() if lines[line] == 1) for page in pages]
    sizes = [len(_SPACE.sub("", text)) for text in own]
    if median(sizes) < _FEW_CHARACTERS and sum(sizes) < _FEW_CHARACTERS * len(pages):
        return True
    joined = "".join(pages)
    in_words = sum(map(len, _WORD.findall(joined)))
    return median(pictured) > _PICTURE_PAGE and in_words < _BROKEN_TEXT * len(_SPACE.sub("", joined))
