"""Reading a PDF with PDFium; runs in the sandbox only."""

import json
from itertools import islice
from typing import Any, Final

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # the library ships no types
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]  # likewise

_MAX_PAGE_CHARACTERS: Final = 200_000
_LOOKED_AT_FOR_PICTURES: Final = 12
_FORM_DEPTH: Final = 3
_LOCKED: Final = frozenset({pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY})


def main(content: bytes, options: dict[str, int]) -> bytes:
    """Return JSON: either `refused`, or `pages`, `page_count`, `title` and `pictured`, a share of 0 to 1 per page."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        return json.dumps({"refused": "encrypted" if error.err_code in _LOCKED else "unreadable"}).encode()
    page_count = len(document)
    if not 0 < page_count <= options["max_pages"]:
        return json.dumps({"refused": "too_many_pages" if page_count > 0 else "no_pages"}).encode()
    pages, pictured = [], []
    for number in range(min(page_count, options["max_read_pages"])):
        text, share = _page(document, number)
        pages.append(text)
        pictured.append(share)
    title = document.get_metadata_value("Title")
    return json.dumps({"pages": pages, "page_count": page_count, "title": title, "pictured": pictured}).encode()


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
    """Return the share of the page that its pictures cover, strips of a scan added up."""
    left, bottom, right, top = page.get_bbox()
    pictures = page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=_FORM_DEPTH)
    bounds = [picture.get_bounds() for picture in islice(pictures, 500)]
    covered = sum(max(0.0, x1 - x0) * max(0.0, y1 - y0) for x0, y0, x1, y1 in bounds)
    return float(min(1.0, covered / max(1.0, (right - left) * (top - bottom))))
