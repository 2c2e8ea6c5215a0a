"""Text in the fonts that every PDF reader has: Latin letters in Helvetica, Greek and mathematics in Symbol."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import accumulate, groupby, takewhile
from typing import Final

from fpdf import FPDF

POINT: Final = 25.4 / 72
"A point in millimetres."

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
    """Return text in available letters: accents are dropped where needed, other letters become question marks."""
    return "".join(map(_printable, " ".join(text.translate(_PLAIN).split())))


@lru_cache(maxsize=4096)
def _printable(letter: str) -> str:
    for form in (letter, unicodedata.normalize("NFKC", letter), unicodedata.normalize("NFKD", letter)):
        known = "".join(each for each in form if not unicodedata.combining(each))
        if known and all(each in _SYMBOLS or _is_latin(each) for each in known):
            return known
    return _UNKNOWN if letter.isprintable() and not unicodedata.combining(letter) else ""


def _is_latin(letter: str) -> bool:
    return letter.isprintable() and ord(letter) < 256


def _font(letter: str, style: str) -> tuple[str, str]:
    return ("symbol", "") if letter in _SYMBOLS else ("helvetica", style)


@cache
def _advance(letter: str, style: str) -> float:
    """Return the width of a letter in mm at a size of one point; text of size n is n times as wide."""
    pdf = FPDF(unit="mm")
    pdf.set_font(*_font(letter, style), _MEASURE)
    return pdf.get_string_width(_SYMBOLS.get(letter, letter)) / _MEASURE


class Text:
    """A line of text on a page."""

    def __init__(self, pdf: FPDF, text: str, style: str = "") -> None:
        self._pdf = pdf
        self._style = style
        self._text = printable(text)

    def size_for(self, width: float) -> float:
        """Return the size in points at which the line is `width` mm wide."""
        measured = self._width(self._text, 1.0)
        return width / measured if measured else float("inf")

    def wrapped(self, width: float, size: float, *, most: int) -> "list[Text]":
        """Return the line as lines of at most `width` mm; text beyond `most` lines is cut off, with three dots."""
        lines, used, gap = [""], 0.0, self._width(" ", size)
        for word in self._text.split(" "):
            needed = self._width(word, size)
            if lines[-1] and used + gap + needed > width:
                lines.append(word)
                used = needed
            else:
                used += gap + needed if lines[-1] else needed
                lines[-1] = f"{lines[-1]} {word}".strip()
        if len(lines) > most:
            lines[most - 1 :] = [" ".join(lines[most - 1 :])]
        return [Text(self._pdf, self._cut(line, width, size), self._style) for line in lines]

    def _cut(self, line: str, width: float, size: float) -> str:
        if self._width(line, size) <= width + _ROUNDING:
            return line
        room = width - self._width("...", size)
        ends = accumulate(self._width(letter, size) for letter in line)
        fitting = sum(1 for _ in takewhile(room.__ge__, ends))
        return line[:fitting].rstrip() + "..."

    def draw(self, x: float, base: float, size: float) -> None:
        """Draw the line from `x`, with its baseline at `base`."""
        for run in self._runs(self._text, size):
            self._pdf.text(x, base, run)
            x += self._pdf.get_string_width(run)

    def _width(self, text: str, size: float) -> float:
        return size * sum(_advance(letter, self._style) for letter in text)

    def _runs(self, text: str, size: float) -> Iterator[str]:
        """Yield pieces of one font each, with that font set."""
        for font, letters in groupby(text, key=lambda letter: _font(letter, self._style)):
            self._pdf.set_font(*font, size)
            yield "".join(_SYMBOLS.get(letter, letter) for letter in letters)
