"""Printing labels as PDF, with codes that scanners can read."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import zxingcpp
from fpdf import FPDF

from clients.labels.text import POINT, Text
from schemas.errors import Unprocessable
from schemas.label import LabelCode, LabelText, SheetFormat

_FORMATS: Final = {
    LabelCode.CODE128: zxingcpp.BarcodeFormat.Code128,
    LabelCode.DATAMATRIX: zxingcpp.BarcodeFormat.DataMatrix,
}
_MATRIX_SHARE: Final = 0.4
"The largest share of the width for a square code."
_BARS_SHARE: Final = 0.3
_NARROWEST: Final = 0.19
"Millimetres; office printers cannot print narrower bars that scanners can read."
_QUIET: Final = {LabelCode.CODE128: 10, LabelCode.DATAMATRIX: 2}
"Modules that stay white around a code."
_CAPITALS: Final = 0.72
"The height of capitals as a share of the font size."
_LARGEST_KEY: Final = 72.0
_LARGEST_LINE: Final = 14.0
_SMALLEST: Final = 4.5
"Points; smaller text cannot be read, so text that does not fit is cut."
_STEP: Final = 0.5
_LINE: Final = 1.15
_MOST_LINES: Final = 8
_KEY_SHARE: Final = 0.5
_TITLE_SHARE: Final = 0.45


class _Box(NamedTuple):
    """A place on the page, in mm."""

    x: float
    y: float
    width: float
    height: float


def print_label(text: LabelText, *, width: float, height: float, code: LabelCode) -> bytes:
    """Return a PDF of one label, as large as the label.

    Raises:
        Unprocessable: the label is too narrow for the bars of its code.
    """
    pdf = _document(width, height)
    pdf.add_page()
    _draw(pdf, text, _Box(0, 0, width, height), code)
    return bytes(pdf.output())


def print_sheets(texts: Sequence[LabelText], sheet: SheetFormat, *, start: int, code: LabelCode) -> bytes:
    """Return a PDF of sheets of labels; the first stands at place `start`, counted from 1, row by row.

    Raises:
        Unprocessable: the labels are too narrow for the bars of their codes.
    """
    pdf = _document(sheet.page_width, sheet.page_height)
    for place, text in enumerate(texts, start - 1):
        row, column = divmod(place % sheet.capacity, sheet.columns)
        if place == start - 1 or not (row or column):
            pdf.add_page()
        x = sheet.margin_left + column * (sheet.label_width + sheet.gap_x)
        y = sheet.margin_top + row * (sheet.label_height + sheet.gap_y)
        _draw(pdf, text, _Box(x, y, sheet.label_width, sheet.label_height), code)
    return bytes(pdf.output())


def _document(width: float, height: float) -> FPDF:
    pdf = FPDF(unit="mm", format=(width, height))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    return pdf


def _draw(pdf: FPDF, text: LabelText, label: _Box, code: LabelCode) -> None:
    pad = min(2.0, 0.08 * min(label.width, label.height))
    inner = _Box(label.x + pad, label.y + pad, label.width - 2 * pad, label.height - 2 * pad)
    if code != LabelCode.NONE:
        inner = _draw_code(pdf, text.key, inner, code)
    _draw_text(pdf, text, inner)


def _draw_code(pdf: FPDF, key: str, inner: _Box, code: LabelCode) -> _Box:
    """Draw the code and return the free space beside or above it."""
    modules = _modules(key, code)
    quiet = _QUIET[code]
    if code == LabelCode.DATAMATRIX:
        side = min(inner.height, inner.width * _MATRIX_SHARE)
        module = side / len(modules)
        place = _Box(inner.x + inner.width - side, inner.y + (inner.height - side) / 2, module, module)
        left = _Box(inner.x, inner.y, inner.width - side - quiet * module, inner.height)
    else:
        module, height = _bar(key, len(modules[0]) + 2 * quiet, inner), inner.height * _BARS_SHARE
        place = _Box(inner.x + quiet * module, inner.y + inner.height - height, module, height)
        left = _Box(inner.x, inner.y, inner.width, inner.height - height - 0.5)
    for row, line in enumerate(modules):
        _draw_modules(pdf, line, place._replace(y=place.y + row * place.height))
    return left


def _bar(key: str, modules: int, inner: _Box) -> float:
    """Return the width of the narrowest bar, in mm."""
    if inner.width / modules < _NARROWEST:
        raise Unprocessable(
            f"bars for {key} would be too narrow to read: they need {modules * _NARROWEST:.0f} mm inside the label; "
            "make it wider, or take a datamatrix",
            field="width",
        )
    return inner.width / modules


def _draw_modules(pdf: FPDF, line: Sequence[bool], place: _Box) -> None:
    """Draw a line of modules, neighbours in one piece, because seams between them would show."""
    start = 0
    while start < len(line):
        stop = next((at for at in range(start, len(line)) if line[at] != line[start]), len(line))
        if line[start]:
            pdf.rect(place.x + start * place.width, place.y, (stop - start) * place.width, place.height, style="F")
        start = stop


def _modules(key: str, code: LabelCode) -> list[list[bool]]:
    """Return the code as rows of dark modules; a code of bars is one row."""
    image: Any = zxingcpp.create_barcode(key, _FORMATS[code]).to_image(scale=1, add_quiet_zones=False)
    pixels: Any = memoryview(image).tolist()
    rows = [[value < 128 for value in row] for row in pixels]
    return rows if code == LabelCode.DATAMATRIX else rows[:1]


def _draw_text(pdf: FPDF, text: LabelText, inner: _Box) -> None:
    """Draw the key as large as possible, the title in one line below it, and the detail in the remaining space."""
    key = Text(pdf, text.key, "B")
    alone = not (text.title or text.detail)
    room = inner.height * (1.0 if alone else _KEY_SHARE)
    size = min(_LARGEST_KEY, room / (_CAPITALS * POINT), key.size_for(inner.width))
    height = size * _CAPITALS * POINT
    key.draw(inner.x, inner.y + height + ((inner.height - height) / 2 if alone else 0), size)
    below = inner._replace(y=inner.y + height * 1.15, height=inner.height - height * 1.15)
    if text.title:
        shared = text.detail and below.height * _TITLE_SHARE > _SMALLEST * _LINE * POINT
        below = _draw_lines(Text(pdf, text.title, "B"), below, most=1, share=_TITLE_SHARE if shared else 1.0)
    if text.detail:
        _draw_lines(Text(pdf, text.detail), below, most=_MOST_LINES)


def _draw_lines(text: Text, room: _Box, *, most: int, share: float = 1.0) -> _Box:
    """Draw text as large as fits into its share of a space and return the rest; draw nothing if no line fits."""
    size = min(_LARGEST_LINE, room.height * share / (_LINE * POINT))
    while size > _SMALLEST and not _fits(text, room, size, share=share, most=most):
        size = max(_SMALLEST, size - _STEP)
    most = min(most, int(room.height / (max(size, _SMALLEST) * _LINE * POINT) + 0.01))
    if not most:
        return room
    used = 0.0
    for line in text.wrapped(room.width, size, most=most):
        used += size * _LINE * POINT
        line.draw(room.x, room.y + used - 0.3 * size * POINT, size)
    return room._replace(y=room.y + used, height=room.height - used)


def _fits(text: Text, room: _Box, size: float, *, share: float, most: int) -> bool:
    may_fit = text.size_for(room.width * most) >= size
    if most == 1 or not may_fit:
        return may_fit
    lines = text.wrapped(room.width, size, most=1000)
    return len(lines) <= most and len(lines) * size * _LINE * POINT <= room.height * share
