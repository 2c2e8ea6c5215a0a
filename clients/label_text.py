"""Text in the fonts that every PDF reader has: Latin letters in Helvetica, Greek and mathematics in Symbol."""

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from fpdf import FPDF

POINT: Final = 25.4 / 72
"Millimetres."

_SYMBOLS: Final = dict(
    zip(
        "ΑΒΧΔΕΦΓΗΙΚΛΜΝΟΠΘΡΣΤΥΩΞΨΖαβχδεφγηικλμνοπθρστυωξψζς≤∞≥≠≈√",
        "ABCDEFGHIKLMNOPQRSTUWXYZabcdefghiklmnopqrstuwxyzV\xa3\xa5\xb3\xb9\xbb\xd6",
        strict=True,
    )
)
_PLAIN: Final = str.maketrans(
    {"–": "-", "—": "-", "‑": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "•": "·", "€": "EUR"}
)
_MEASURE: Final = 10.0
_ROUNDING: Final = 0.01
_UNKNOWN: Final = "?"


def printable(text: str) -> str:
    """Return text in the letters there are; without its accents where only they are missing, else a question mark."""
    return "".join(map(_printable, " ".join(text.translate(_PLAIN).split())))


def _printable(letter: str) -> str:
    for form in (letter, unicodedata.normalize("NFKC", letter), unicodedata.normalize("NFKD", letter)):
        known = "".join(each for each in form if not unicodedata.combining(each))
        if known and all(each in _SYMBOLS or _is_latin(each) for each in known):
            return known
    return _UNKNOWN if letter.isprintable() and not unicodedata.combining(letter) else ""


def _is_latin(letter: str) -> bool:
    return letter.isprintable() and ord(letter) < 256


class Text:
    """A line of text on a page."""

    def __init__(self, pdf: FPDF, text: str, style: str = "") -> None:
        self._pdf = pdf
        self._style = style
        self._text = printable(text)

    def size_for(self, width: float) -> float:
        """Return the size in points at which the line is so many mm wide."""
        measured = self._width(self._text, _MEASURE)
        return _MEASURE * width / measured if measured else float("inf")

    def wrapped(self, width: float, size: float, *, most: int) -> "list[Text]":
        """Return the line as lines so many mm wide; what is more than `most` is cut off, with three dots."""
        lines = [""]
        for word in self._text.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self._width(longer, size) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        if len(lines) > most:
            lines[most - 1 :] = [" ".join(lines[most - 1 :])]
        return [Text(self._pdf, self._cut(line, width, size), self._style) for line in lines]

    def _cut(self, line: str, width: float, size: float) -> str:
        if self._width(line, size) <= width + _ROUNDING:
            return line
        while line and self._width(line + "...", size) > width:
            line = line[:-1]
        return line.rstrip() + "..."

    def draw(self, x: float, base: float, size: float) -> None:
        """Draw the line from x on, standing on the height `base`."""
        for run in self._runs(self._text, size):
            self._pdf.text(x, base, run)
            x += self._pdf.get_string_width(run)

    def _width(self, text: str, size: float) -> float:
        return sum(self._pdf.get_string_width(run) for run in self._runs(text, size))

    def _runs(self, text: str, size: float) -> Iterator[str]:
        """Yield pieces of one font each, with that font set."""
        for is_symbol, letters in groupby(text, key=_SYMBOLS.__contains__):
            self._pdf.set_font("symbol" if is_symbol else "helvetica", "" if is_symbol else self._style, size)
            yield "".join(_SYMBOLS[letter] if is_symbol else letter for letter in letters)
