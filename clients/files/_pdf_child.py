"""Reading a PDF with PDFium; runs in the sandbox only."""

import json
import re
from itertools import islice
from typing import Any, Final

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # the library ships no types
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]  # likewise

_MAX_PAGE_CHARACTERS: Final = 200_000
_LOOKED_AT_FOR_PICTURES: Final = 12
_FORM_DEPTH: Final = 3
_OBJECT: Final = re.compile(rb"\d\s+\d+\s+obj\b")
_XREF_TARGET: Final = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")
_STARTXREF: Final = re.compile(rb"startxref\s+(\d{1,12})")
_LOCKED: Final = frozenset({pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY})


def warm() -> None:
    """Let the library load what it loads late."""
    document = pdfium.PdfDocument.new()
    document.new_page(8, 8)
    _page(document, 0)


def main(content: bytes, options: dict[str, int]) -> bytes:
    """Return JSON: `cut`, and either `refused`, or `pages`, `page_count`, `title` and `pictured`.

    `pictured` is a share of 0 to 1 for each of the first pages.
    """
    return json.dumps({"cut": _is_cut(content), **_read(content, options)}).encode()


def _read(content: bytes, options: dict[str, int]) -> dict[str, object]:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        return {"refused": "encrypted" if error.err_code in _LOCKED else "unreadable"}
    page_count = len(document)
    if not 0 < page_count <= options["max_pages"]:
        return {"refused": "too_many_pages" if page_count > 0 else "no_pages"}
    pages, pictured = [], []
    for number in range(min(page_count, options["max_read_pages"])):
        text, share = _page(document, number)
        pages.append(text)
        pictured.append(share)
    title = document.get_metadata_value("Title")
    return {"pages": pages, "page_count": page_count, "title": title, "pictured": pictured}


def _is_cut(content: bytes) -> bool:
    """Tell whether the end is missing: no sound cross-reference, and either no end marker or objects after the last."""
    pointers = _STARTXREF.findall(content)
    if pointers and _XREF_TARGET.match(content, int(pointers[-1])):
        return False
    end = content.rfind(b"%%EOF")
    return end < 0 or _OBJECT.search(content, end) is not None


def _page(document: Any, number: int) -> tuple[str, float]:
    try:
        page = document[number]
        text = page.get_textpage().get_text_bounded()[:_MAX_PAGE_CHARACTERS]
        share = _pictured(page) if number < _LOOKED_AT_FOR_PICTURES else 0.0
        page.close()
    except pdfium.PdfiumError:
        return "", 0.0
    return text, share


def _pictured(page: Any) -> float:
    """Return the share of the page that its pictures cover, the strips of a scan added up."""
    left, bottom, right, top = page.get_bbox()
    pictures = page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=_FORM_DEPTH)
    bounds = [picture.get_bounds() for picture in islice(pictures, 500)]
    covered = sum(max(0.0, x1 - x0) * max(0.0, y1 - y0) for x0, y0, x1, y1 in bounds)
    return float(min(1.0, covered / max(1.0, (right - left) * (top - bottom))))
