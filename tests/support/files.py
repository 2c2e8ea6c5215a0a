"""Small sound files, and unsound ones made of them."""

import io
import zipfile
from functools import cache

from fpdf import FPDF
from PIL import Image


@cache
def pdf(*pages: str) -> bytes:
    """Return a PDF with this text on its pages."""
    document = FPDF()
    document.set_font("helvetica")
    for page in pages or ("NE555P precision timer",):
        document.add_page()
        document.multi_cell(0, text=page)
    return bytes(document.output())


@cache
def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), colour: str = "navy") -> bytes:
    """Return a picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def archive() -> bytes:
    """Return a ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("evil.class", "x")
    return file.getvalue()


def archive_within(content: bytes) -> bytes:
    """Return a PDF that hides an archive in its middle: its own end is the archive's comment."""
    middle = content.rindex(b"startxref")
    before, after = content[:middle] + archive(), content[middle:]
    return before[:-2] + len(after).to_bytes(2, "little") + after
