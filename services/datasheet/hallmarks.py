"""The hallmarks of a datasheet: sections that it has, and that hardly any other document has."""

import re
from enum import StrEnum
from itertools import islice
from typing import Final

from services.datasheet.numbers import latin
from services.datasheet.pages import Page

ENOUGH: Final = 2
"The number of different hallmarks that make a document a datasheet."


class Hallmark(StrEnum):
    """A section of a datasheet."""

    RATINGS = "ratings"
    CHARACTERISTICS = "characteristics"
    CONDITIONS = "conditions"
    LIMITS = "limits"
    "a table with columns such as min, typ and max"
    PINS = "pins"
    ORDERING = "ordering"
    PACKAGE = "package"


_LONGEST_LINE: Final = 100
_LONGEST_LEAD: Final = 40
"How many characters may stand before a heading's words on its line."
_MOST_MATCHES: Final = 100
_DOTS: Final = str.maketrans("･·\t", "   ")
"Some converters print dots for spaces."
_GAPS: Final = re.compile(r" {2,}|\.(?: ?\.){3,}")
"Between words; contents have leaders."
_HEADINGS: Final = {
    Hallmark.RATINGS: (
        r"MAXIMUM RATINGS?|ABSOLUTE MAXIMUM|LIMITING VALUES|GRENZ(?:WERTE|DATEN)|ПРЕДЕЛЬН"
        r"|极限参数|绝对最大|最大额定"
    ),
    Hallmark.CHARACTERISTICS: (
        r"(?:(?:[DA]C|TYPICAL|MAIN) )?"
        r"(?:ELECTRICAL|[DA]\.?C\.?|STATIC|DYNAMIC|SWITCHING|THERMAL|OPTICAL|TIMING|PRODUCT|PERFORMANCE|STANDARD)"
        r" (?:(?:PERFORMANCE )?CHARACTERISTICS?|SPECIFI ?CATIONS?|DATA\b|PARAMETERS)|QUICK REFERENCE DATA"
        r"|TYPICAL (?:PERFORMANCE |OPERATING )?(?:CHARACTERISTICS|CURVES)|KENN(?:WERTE|DATEN)"
        r"|ЭЛЕКТРИЧЕСКИЕ (?:ПАРАМЕТРЫ|ХАРАКТЕРИСТИКИ)|电气(?:特性|参数|规格)|电特性"
    ),
    Hallmark.CONDITIONS: r"(?:RECOMMENDED )?OPERATING (?:CONDITIONS?|RANGES?)|推荐工作条件",
    Hallmark.PINS: (
        r"PIN(?: ?OUT\b|NING\b|S? (?:CONFIGURATION|DESCRIPTION|ASSIGNMENT|FUNCTION|CONNECTION|DEFINITION|DIAGRAM)S?)"
        r"|(?:TERMINAL|CONNECTION) (?:FUNCTIONS|DIAGRAMS?)|НАЗНАЧЕНИЕ ВЫВОДОВ|ЦОКОЛЕВКА|引脚|管脚"
    ),
    Hallmark.ORDERING: (
        r"ORDER(?:ING)? (?:INFORMATION|GUIDE|CODES?)|HOW TO ORDER|ORDERABLE|DEVICE (?:MARKING|SUMMARY)"
        r"|PART NUMBER(?:S ?$|ING\b| (?:KEY|SYSTEM|INFORMATION|DESIGNATION))|订购|订货"
    ),
    Hallmark.PACKAGE: (
        r"PACKAG(?:E|ING) (?:OUTLINES?|DIMENSIONS?|INFORMATION|DRAWINGS?|OPTION|MECHANICAL)|(?:OUTLINE )?DIMENSIONS\b"
        r"|MECHANICAL (?:DATA|DRAWING)|OUTLINE DRAWING|LAND PATTERN|РАЗМЕРЫ|外形尺寸|封装"
    ),
}
_COLUMNS: Final = (
    r"\bMIN\b.{0,20}\bMAX\b|\bTYP\b\W{0,3}\bMAX\b|\b(?:SYMBOL|PARAMETERS?)\b.{0,60}\bUNITS?\b"
    r"|МИН\b.{0,20}МАКС\b|最小.{0,12}最大"
)
_COMPILED: Final = {
    hallmark: re.compile(latin(words), re.MULTILINE)
    for hallmark, words in {**_HEADINGS, Hallmark.LIMITS: _COLUMNS}.items()
}


def count(pages: tuple[Page, ...]) -> int:
    """Count the different hallmarks of a document: its headings, and the columns of its tables."""
    missing = dict(_COMPILED)
    for page in pages:
        printed, capitals = (_GAPS.sub(" ", text.translate(_DOTS)) for text in (page.text, page.folded))
        for hallmark in [each for each, words in missing.items() if _is_on(printed, capitals, each, words)]:
            del missing[hallmark]
    return len(Hallmark) - len(missing)


def _is_on(printed: str, capitals: str, hallmark: Hallmark, words: re.Pattern[str]) -> bool:
    return any(
        _is_column(capitals, match) if hallmark is Hallmark.LIMITS else _is_heading(printed, capitals, match)
        for match in islice(words.finditer(capitals), _MOST_MATCHES)
    )


def _is_column(capitals: str, match: re.Match[str]) -> bool:
    start, end = _line(capitals, match)
    return end - start <= _LONGEST_LINE


def _is_heading(printed: str, capitals: str, match: re.Match[str]) -> bool:
    """Tell whether words are a heading, not prose: early in a short line without a full stop, and with a capital."""
    start, end = _line(capitals, match)
    is_short = end - start <= _LONGEST_LINE and match.start() - start <= _LONGEST_LEAD
    return is_short and not capitals[start:end].rstrip().endswith((".", ",")) and not printed[match.start()].islower()


def _line(text: str, match: re.Match[str]) -> tuple[int, int]:
    end = text.find("\n", match.end())
    return text.rfind("\n", 0, match.start()) + 1, end if end >= 0 else len(text)
