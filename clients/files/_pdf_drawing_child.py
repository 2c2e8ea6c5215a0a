"""Drawing the first page of a PDF with PDFium; runs in the sandbox only."""

import io
from typing import Final

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # the library ships no types

from clients.files._pillow import samples

_QUALITY: Final = 88


def warm() -> None:
    """Let the libraries load what they load late."""
    pdfium.PdfDocument.new().new_page(8, 8).render().to_pil()
    samples("PNG", "JPEG")


def main(content: bytes, options: dict[str, int]) -> bytes:
    """Return a JPEG, or a PNG if `png` says so, whose longer side has `side` pixels; nothing if it cannot be drawn."""
    try:
        page = pdfium.PdfDocument(content)[0]
        # At least a point each way, because a page without height has no scale either.
        bitmap = page.render(scale=options["side"] / max(1.0, *page.get_size()))
    except pdfium.PdfiumError:
        return b""
    picture = io.BytesIO()
    if options["png"]:
        bitmap.to_pil().save(picture, "PNG", optimize=True)
    else:
        bitmap.to_pil().convert("RGB").save(picture, "JPEG", quality=_QUALITY)
    return picture.getvalue()
