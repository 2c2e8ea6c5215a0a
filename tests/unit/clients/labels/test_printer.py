import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from clients.files.pdf_reader import PdfReader
from clients.labels.printer import print_label, print_sheets
from clients.labels.text import printable
from clients.markings.reader import MarkingReader
from schemas.label import SHEETS, LabelCode, LabelText
from settings.groups import PdfSettings

READER = PdfReader(PdfSettings())
TEXT = LabelText(key="QXZT", title="STM32F103C8T6", detail="ARM Cortex-M3, 72 MHz, 2.0–3.6 V")


def picture(pdf: bytes, side: int) -> bytes:
    return READER.draw(pdf, side=side, png=True)


@pytest.mark.parametrize("key", ["QXZT", "IIII", "7-3", "123456-654321"])
@pytest.mark.parametrize(
    ("width", "height", "dpi", "code"),
    [
        (50, 25, 300, LabelCode.CODE128),
        (63.5, 38.1, 203, LabelCode.CODE128),
        (31, 10, 300, LabelCode.CODE128),
        (50, 25, 203, LabelCode.DATAMATRIX),
        (25.4, 10, 300, LabelCode.DATAMATRIX),
        (10, 5, 600, LabelCode.DATAMATRIX),
    ],
)
def test_our_own_reader_reads_the_code(key: str, width: float, height: float, dpi: int, code: LabelCode) -> None:
    pdf = print_label(TEXT.model_copy(update={"key": key}), width=width, height=height, code=code)
    codes = MarkingReader().read(picture(pdf, round(max(width, height) / 25.4 * dpi))).codes
    assert [(each.text, each.symbology) for each in codes] == [(key, code)]


def test_sheet_of_codes_is_read_label_by_label() -> None:
    texts = [LabelText(key=f"AAA{letter}") for letter in "ABCDEFG"]
    pdf = print_sheets(texts, SHEETS["L7163"], start=3, code=LabelCode.DATAMATRIX)
    codes = MarkingReader().read(picture(pdf, 2400)).codes
    assert sorted(code.text for code in codes) == [text.key for text in texts]


def test_label_says_what_it_is_told() -> None:
    (said,) = READER.read(print_label(TEXT, width=60, height=40, code=LabelCode.NONE)).pages
    assert said.split() == ["QXZT", "STM32F103C8T6", "ARM", "Cortex-M3,", "72", "MHz,", "2.0-3.6", "V"]


def test_what_does_not_fit_is_cut_and_the_number_wins() -> None:
    text = TEXT.model_copy(update={"detail": "very long " * 100})
    (small,) = READER.read(print_label(text, width=25.4, height=10, code=LabelCode.NONE)).pages
    (large,) = READER.read(print_label(text, width=60, height=40, code=LabelCode.NONE)).pages
    assert small.split("\n") == ["QXZT", "STM32F103C8T6"]
    assert large.endswith("...")


@pytest.mark.parametrize("detail", ["W" * 2000, "lorem ipsum " * 160, "電阻 4.7 kΩ " * 200])
def test_long_text_is_laid_out_at_once(detail: str) -> None:
    texts, began = [TEXT.model_copy(update={"detail": detail})] * 20, time.process_time()
    print_sheets(texts, SHEETS["L7160"], start=1, code=LabelCode.NONE)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4.7 kΩ ±1 %", "4.7 kΩ ±1 %"),
        ("4.7 k\u2126, 10 µF", "4.7 kΩ, 10 µF"),
        ("résistance őű", "résistance ou"),
        ("2.0–3.6 V…", "2.0-3.6 V..."),
        ("a\tb\n\0c", "a b c"),
        ("電阻", "??"),
        ("Резистор", "????????"),
        ("\u202eabc", "abc"),
    ],
)
def test_letters_without_a_font_are_replaced_honestly(text: str, expected: str) -> None:
    assert printable(text) == expected


@given(st.text(max_size=60), st.text(max_size=200))
@settings(max_examples=50, deadline=None)
def test_any_text_is_printed(title: str, detail: str) -> None:
    text = LabelText(key="QXZT", title=title, detail=detail)
    assert print_label(text, width=30, height=15, code=LabelCode.DATAMATRIX).startswith(b"%PDF-")


@pytest.mark.parametrize(("start", "labels", "pages"), [(1, 21, 1), (1, 22, 2), (21, 1, 1), (21, 2, 2), (1, 43, 3)])
def test_sheets_are_filled_from_the_first_label_left(start: int, labels: int, pages: int) -> None:
    pdf = print_sheets([TEXT] * labels, SHEETS["L7160"], start=start, code=LabelCode.NONE)
    said = READER.read(pdf).pages
    assert len(said) == pages
    assert sum(page.count("QXZT") for page in said) == labels


@pytest.mark.parametrize("name", SHEETS)
def test_label_stands_where_the_sheet_has_it(name: str) -> None:
    sheet = SHEETS[name]
    pdf = print_sheets([TEXT], sheet, start=sheet.columns + 2, code=LabelCode.NONE)
    dots = 4
    page = Image.open(io.BytesIO(picture(pdf, round(sheet.page_height * dots)))).convert("L")
    ink = page.point(lambda value: 255 - value).getbbox()
    assert ink is not None
    left, top = sheet.margin_left + sheet.label_width + sheet.gap_x, sheet.margin_top + sheet.label_height + sheet.gap_y
    assert left * dots <= ink[0] < ink[2] <= (left + sheet.label_width) * dots + 1
    assert top * dots <= ink[1] < ink[3] <= (top + sheet.label_height) * dots + 1
