from collections.abc import Callable
from functools import cache

import pypdfium2  # type: ignore[import-untyped] # it ships no types
import pytest

from demo import datasheets
from demo.parts import DemoPart, demo_parts

PARTS = demo_parts()
PART = PARTS[0]


@cache
def datasheet_text(part: DemoPart) -> list[str]:
    return text_of(datasheets.datasheet(part))


def text_of(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.slug)
def test_datasheet_has_what_datasheets_have(part: DemoPart) -> None:
    pages = datasheet_text(part)

    assert 6 <= len(pages) <= 12
    assert part.number in pages[0]
    assert all(head in " ".join(pages) for head in ("Absolute maximum ratings", "Ordering information", "Pin config"))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.slug)
def test_ordering_table_lists_the_part(part: DemoPart) -> None:
    (page,) = [page for page in datasheet_text(part) if "Orderable part number" in page]

    assert part.number in page.upper()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.slug)
def test_near_miss_never_names_the_part(part: DemoPart) -> None:
    text = " ".join(text_of(datasheets.datasheet(part.misled()))).upper()

    assert part.family.upper() not in text
    assert part.near_miss[0] in text


@pytest.mark.parametrize("make", [datasheets.datasheet, datasheets.encrypted, datasheets.brochure, datasheets.errata])
def test_same_part_gives_the_same_bytes(make: Callable[[DemoPart], bytes]) -> None:
    assert make(PART) == make(PART)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.slug)
def test_truncated_file_cannot_be_repaired(part: DemoPart) -> None:
    with pytest.raises(pypdfium2.PdfiumError, match="Data format error"):
        pypdfium2.PdfDocument(datasheets.truncated(part))


def test_encrypted_file_asks_for_the_password() -> None:
    with pytest.raises(pypdfium2.PdfiumError, match="password"):
        pypdfium2.PdfDocument(datasheets.encrypted(PART))


def test_password_opens_the_encrypted_file() -> None:
    with pypdfium2.PdfDocument(datasheets.encrypted(PART), password=datasheets.PASSWORD) as document:
        assert len(document) == len(datasheet_text(PART))


@pytest.mark.parametrize(("make", "kind"), [(datasheets.brochure, "brochure"), (datasheets.errata, "errata")])
def test_other_papers_name_part_and_kind(make: Callable[[DemoPart], bytes], kind: str) -> None:
    text = " ".join(text_of(make(PART)))

    assert PART.number in text
    assert kind in text.lower()


def test_picture_is_no_pdf() -> None:
    assert datasheets.picture().startswith(b"\x89PNG")
