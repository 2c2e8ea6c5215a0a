"""PDFs with outlines, scripts and other structure, sound and hostile."""

import io
import zlib
from collections.abc import Callable
from functools import cache
from itertools import pairwise

from fpdf import FPDF
from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    TextStringObject,
)

CHAPTERS = (("Features", 1, 1), ("Absolute maximum ratings", 1, 2), ("Thermal data", 2, 2), ("Ordering", 1, 3))
"Title, level and page of what `chaptered` makes."


def written(change: Callable[[PdfWriter], object], pages: int = 3) -> bytes:
    """Return a PDF with some pages after a change."""
    plain = FPDF()
    plain.set_font("helvetica")
    for number in range(pages):
        plain.add_page()
        plain.cell(text=f"Page {number}")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(bytes(plain.output()))))
    change(writer)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def chaptered() -> bytes:
    """Return a PDF with chapters, a sub-chapter, Roman and decimal page labels, and properties."""

    def change(writer: PdfWriter) -> None:
        parents: dict[int, IndirectObject] = {}
        for title, level, page in CHAPTERS:
            parents[level] = writer.add_outline_item(title=title, page_number=page - 1, parent=parents.get(level - 1))
        writer.set_page_label(0, 0, PageLabelStyle.LOWERCASE_ROMAN)
        writer.set_page_label(1, 2, PageLabelStyle.DECIMAL)
        writer.add_metadata(
            {"/Title": "LM358", "/Author": "A Maker", "/Producer": "A program", "/CreationDate": "D:20240305120000Z"}
        )

    return written(change)


def with_root(**entries: object) -> bytes:
    """Return a PDF whose catalogue has these entries besides."""

    def change(writer: PdfWriter) -> None:
        for name, value in entries.items():
            writer.root_object[NameObject(f"/{name}")] = value

    return written(change)


def action(kind: str, **more: object) -> DictionaryObject:
    """Return an action of a kind such as Launch."""
    made = DictionaryObject({NameObject("/S"): NameObject(f"/{kind}")})
    made.update({NameObject(f"/{name}"): value for name, value in more.items()})
    return made


def outline(change: Callable[[PdfWriter, list[DictionaryObject]], object], titles: list[str]) -> bytes:
    """Return a PDF with chapters of these titles, one after the other, after a change of their objects."""

    def build(writer: PdfWriter) -> None:
        items = [DictionaryObject({NameObject("/Title"): TextStringObject(title)}) for title in titles]
        for item in items:
            writer._add_object(item)
        for item, following in pairwise(items):
            item[NameObject("/Next")] = following.indirect_reference or NullObject()
        top = DictionaryObject({NameObject("/First"): items[0].indirect_reference or NullObject()})
        top[NameObject("/Count")] = NumberObject(2**31)
        writer.root_object[NameObject("/Outlines")] = writer._add_object(top)
        change(writer, items)

    return written(build)


def looping() -> bytes:
    """Return a PDF whose chapters lead back to the first, and hold themselves."""

    def change(_: PdfWriter, items: list[DictionaryObject]) -> None:
        first = items[0].indirect_reference or NullObject()
        items[-1][NameObject("/Next")] = first
        for item in items:
            item[NameObject("/First")] = first

    return outline(change, ["one", "two", "three"])


def deep(levels: int) -> bytes:
    """Return a PDF whose chapters stand each within the one before."""

    def change(_: PdfWriter, items: list[DictionaryObject]) -> None:
        for item in items:
            item[NameObject("/First")] = item.pop("/Next", NullObject())

    return outline(change, [f"level {level}" for level in range(1, levels + 1)])


def named_tree_loop() -> bytes:
    """Return a PDF whose tree of attachments holds itself."""

    def change(writer: PdfWriter) -> None:
        tree = DictionaryObject()
        reference = writer._add_object(tree)
        tree[NameObject("/Kids")] = ArrayObject([reference] * 50)
        names = DictionaryObject({NameObject("/EmbeddedFiles"): reference, NameObject("/Dests"): reference})
        writer.root_object[NameObject("/Names")] = names

    return written(change)


def slow(texts: int, *, mark: int = 0) -> bytes:
    """Return a small PDF whose only page has so many texts; a million take about five seconds to read."""
    return _slow(texts).replace(_MARK, b"%%%020d\n" % mark)


_MARK = b"%" + b"0" * 20 + b"\n"


@cache
def _slow(texts: int) -> bytes:
    content = zlib.compress(b"BT /F 9 Tf " + b"(A)Tj " * texts + b"ET", 9)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    made, offsets = b"%PDF-1.7\n" + _MARK, []
    for number, each in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (number, each)
    count = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % count + b"".join(b"%010d 00000 n \n" % each for each in offsets)
    return made + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(made))
