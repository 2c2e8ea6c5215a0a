import json
from contextlib import suppress

import pytest
from fpdf import FPDF
from fpdf.enums import EncryptionMethod
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.files.pdf_reader import PdfReader
from schemas.datasheet import Verdict
from schemas.errors import Refused
from settings.groups import PdfSettings
from tests.support.data import data_folder

READER = PdfReader(PdfSettings(max_pages=5, max_read_pages=2, timeout_seconds=10))


def make_pdf(*pages: str, title: str = "", password: str | None = None) -> bytes:
    pdf = FPDF()
    pdf.set_font("helvetica")
    pdf.set_title(title)
    if password is not None:
        pdf.set_encryption("owner", password, encryption_method=EncryptionMethod.RC4)
    for page in pages:
        pdf.add_page()
        pdf.multi_cell(0, text=page)
    return bytes(pdf.output())


def test_text_is_read_page_by_page() -> None:
    text = READER.read(make_pdf("LM358 dual amplifier", "Ratings", "not read", title="LM358"))
    assert text.pages == ("LM358 dual amplifier", "Ratings")
    assert (text.page_count, text.title) == (3, "LM358")


def test_empty_password_opens() -> None:
    assert READER.read(make_pdf("LM358", password="")).pages == ("LM358",)


def test_pages_without_words_are_a_scan() -> None:
    assert READER.read(make_pdf("", "")).scanned


def test_words_are_no_scan() -> None:
    assert not READER.read(make_pdf("The LM358 has two amplifiers. " * 20)).scanned


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"", Verdict.NOT_PDF),
        (b"<eagle version='6'>", Verdict.NOT_PDF),
        (b"%PDF-1.7\nnothing else\n%%EOF", Verdict.NOT_PDF),
        (b"PK\x03\x04" + make_pdf("a zip as well"), Verdict.NOT_PDF),
        (b"\xef\xbb\xbf <!-- hi --> <!DOCTYPE html><p>moved", Verdict.HTML_SHELL),
        (b"<html>" + make_pdf("a page as well"), Verdict.HTML_SHELL),
        (b"<!--" + b"--><!--" * 140, Verdict.NOT_PDF),
        (make_pdf("LM358")[:-400], Verdict.TRUNCATED),
        (make_pdf(*["LM358"] * 5)[:1500], Verdict.TRUNCATED),
        (make_pdf("LM358", password="secret"), Verdict.ENCRYPTED),
        (make_pdf(*["LM358"] * 6), Verdict.TOO_LARGE),
    ],
)
def test_refusal_names_its_reason(content: bytes, verdict: Verdict) -> None:
    with pytest.raises(Refused) as refused:
        READER.read(content)
    assert refused.value.code == verdict


def test_slow_file_times_out() -> None:
    impatient = PdfReader(PdfSettings(timeout_seconds=0.01))
    with pytest.raises(Refused) as refused:
        impatient.read(make_pdf("LM358"))
    assert refused.value.code == Verdict.TIMEOUT


@settings(max_examples=8, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_are_text_or_refused(noise: bytes, place: int) -> None:
    sound = make_pdf("LM358")
    with suppress(Refused):
        assert "\0" not in "".join(READER.read(sound[:place] + noise + sound[place:]).pages)


def test_real_datasheets_are_readable() -> None:
    folder = data_folder("pdfs")
    rows = [json.loads(line) for line in (folder / "pdfs.jsonl").read_text().splitlines()]
    reader = PdfReader(PdfSettings())
    for row in [row for row in rows if row["kind"] == "datasheet"][::4]:
        content = (folder / row["file"]).read_bytes()
        assert reader.read(content).scanned or not row["image_only"]
        with pytest.raises(Refused, match="truncated"):
            reader.read(content[: len(content) * 9 // 10])
