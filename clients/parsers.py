"""All parsers of hostile files; each runs in children of its own, behind the walls of `clients/files/_jail.py`."""

from typing import Final

PARSERS: Final = {
    "the text of PDFs": "clients.files._pdf_child",
    "the outline of PDFs": "clients.files._pdf_structure_child",
    "the first page of PDFs": "clients.files._pdf_drawing_child",
    "photos": "clients.files._image_child",
    "codes on photos": "clients.markings._code_child",
    "print on photos": "clients.markings._text_child",
    "web pages": "clients.web._html_child",
    "tables": "clients._csv_child",
    "KiCad libraries": "clients._kicad_child",
}
"What each reads, and its module."
