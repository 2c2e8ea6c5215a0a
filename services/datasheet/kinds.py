"""Telling datasheets from the other documents that manufacturers publish about a part."""

import re
from typing import Final, NamedTuple

from services.datasheet.numbers import folded, latin
from services.datasheet.pages import Page

_STRONG: Final = {
    "an application note": (
        r"APPLICATIONS?[ -](?:NOTE|REPORT|BRIEF|BULLETIN)S?|APP NOTES?|TECHNICAL (?:NOTE|BRIEF|ARTICLE)|WHITE ?PAPER"
        r"|DESIGN (?:NOTE|GUIDE|TIP|IDEA)S?|LAYOUT GUIDE(?:LINE)?S?|MIGRATION GUIDE|REFERENCE DESIGN|应用笔记|应用指南"
    ),
    "a manual": (
        r"(?:USER(?:[’']?S|S[’'])?|HARDWARE|PROGRAMM(?:ING|ER[’']S)|(?:TECHNICAL )?REFERENCE|INSTRUCTION"
        r"|OPERATI(?:NG|ON)|SOFTWARE|SERVICE|FIRMWARE|INTEGRATION|INSTALLATION) (?:MANUAL|GUIDE)S?"
        r"|GETTING STARTED|QUICK[ -]?START|TUTORIAL|LABORATOR(?:Y|IES)|RELEASE NOTES?"
        r"|AT[ -]COMMANDS?(?: SET)?|REGISTERS? (?:LIST|MAP|DEFAULT|DESCRIPTION)"
        r"|用户手册|使用手册|使用说明书|РУКОВОДСТВО"
    ),
    "an invoice": (
        r"(?:PRO ?FORMA |TAX |COMMERCIAL )?INVOICE|PACKING (?:LIST|SLIP)|PURCHASE ORDER|DELIVERY NOTE"
        r"|ORDER CONFIRMATION|RECHNUNG|LIEFERSCHEIN|AUFTRAGSBESTÄTIGUNG|FACTURE|FACTURA|СЧЕТ-ФАКТУРА|发票"
    ),
    "a bill of materials": r"BILLS? OF MATERIALS?|BOM|STÜCKLISTE|物料清单",
    "a README": r"README(?:\.[A-Z]+)?",
    "an erratum": r"ERRAT(?:A|UM)(?: SHEET| NOTICE)?|SILICON (?:ERRATA|BUGS?)|DEVICE LIMITATIONS|勘误",
    "a change notice": (
        r"(?:PRODUCT|PROCESS)(?: ?[/&] ?PROCESS)? (?:CHANGE|DISCONTINU(?:ANCE|ATION)|TERMINATION|WITHDRAWAL)"
        r" NOTI(?:CE|FICATION)S?|END[ -]OF[ -]LIFE NOTI(?:CE|FICATION)|LAST TIME BUY|CUSTOMER NOTIFICATION"
    ),
}
_WEAK: Final = {
    "a selection guide": (
        r"(?:PRODUCT |DEVICE |PART |PARAMETRIC )?SELECT(?:ION|OR) GUIDE|(?:PRODUCT|SHORT ?FORM) CATALOG(?:UE)?"
        r"|LINE ?CARD|PRODUCT (?:GUIDE|PORTFOLIO)|CROSS[ -]REFERENCE(?: GUIDE| LIST)?|选型(?:指南|手册|表)"
    ),
    "a brochure": (
        r"(?:PRODUCT )?BROCHURE|FLYER|LEAFLET|PRODUCT (?:BRIEF|BULLETIN|NEWS|ANNOUNCEMENT)|(?:PRESS|NEWS) RELEASE"
        r"|FOR IMMEDIATE RELEASE"
    ),
    "about an evaluation board": r"(?:EVAL(?:UATION)?|DEMO(?:NSTRATION)?|DEVELOPMENT) (?:BOARD|KIT|MODULE|CIRCUIT)S?",
    "a package drawing": (
        r"PACKAGE (?:OUTLINE|DRAWING|INFORMATION|DIMENSION)S?(?: DRAWING)?|MECHANICAL (?:DRAWING|OUTLINE)"
        r"|RECOMMENDED (?:FOOTPRINT|LAND PATTERN)S?|(?:TAPE AND REEL|SOLDERING) (?:INFORMATION|SPECIFICATION|GUIDE)"
    ),
    "a schematic": r"SCHEMATICS?|CIRCUIT DIAGRAM|SCHALTPLAN|STROMLAUFPLAN|WIRING DIAGRAM",
    "a certificate": (
        r"CERTIFICATE(?: OF [A-Z]+)?|DECLARATION OF (?:CONFORMITY|COMPLIANCE)|(?:ROHS|REACH) (?:STATEMENT|DECLARATION)"
        r"|MATERIAL (?:(?:CONTENT |COMPOSITION )?DECLARATION|DATA SHEET)|SAFETY DATA ?SHEET|TEST REPORT|PHOTOS OF EUT"
        r"|(?:RELIABILITY|QUALIFICATION) (?:TEST )?(?:REPORT|DATA|SUMMARY)"
    ),
}
_ANY: Final = {
    kind: re.compile(rf"(?<![A-ZА-Я])(?:{latin(words)})(?![A-ZА-Я])") for kind, words in {**_STRONG, **_WEAK}.items()
}
_NEWS: Final = re.compile(
    r"(?:INTRODUCED|ANNOUNCED|UNVEILED|LAUNCHED) TODAY|TODAY (?:INTRODUCED|ANNOUNCED|UNVEILED|LAUNCHED)"
    r"|\((?:NASDAQ|NYSE):"
)
_DATASHEET: Final = re.compile(
    r"DATA ?SHEET|PRODUCT(?:ION)? (?:DATA|SPECIFICATION)|SPECIFICATIONS? FOR|DATENBLATT|数据手册|规格书"
)
_HEAD_CHARACTERS: Final = 1500
_HEAD_LINES: Final = 30
_TOP_LINES: Final = 6
_LONGEST_HEADING: Final = 90


class OtherKind(NamedTuple):
    """The kind of a document that is not a datasheet, and the words that show it; page None is the title."""

    kind: str
    page: int | None
    words: str


def wrong_kind(title: str | None, pages: tuple[Page, ...], *, sections: int) -> OtherKind | None:
    """Return the other kind that a document calls itself; None for a datasheet, which has `sections` hallmarks."""
    heading = " ".join(folded(title or "").replace("_", " ").split())
    if not _DATASHEET.search(heading):
        for kind, words in _ANY.items():
            if words.search(heading):
                return OtherKind(kind, None, (title or "").strip())
    heads = [page for page in pages if page.text.strip()][:2]
    return next((found for page in heads if (found := _headed(page, sections))), None)


def _headed(page: Page, sections: int) -> OtherKind | None:
    lines = [" ".join(line.split()) for line in page.text[:_HEAD_CHARACTERS].splitlines() if line.strip()][:_HEAD_LINES]
    if any((match := _DATASHEET.search(folded(line))) and len(match[0]) * 3 >= len(line) for line in lines):
        return None
    for number, line in enumerate(lines):
        if sections < 2 and _NEWS.search(folded(line)):
            return OtherKind("a brochure", page.number, line[:_LONGEST_HEADING])
        for kind, words in _ANY.items():
            match = words.search(folded(line))
            if match and sections < _outweighing(kind, line, match[0], number):
                return OtherKind(kind, page.number, line)
    return None


def _outweighing(kind: str, line: str, words: str, number: int) -> int:
    """Return the number of datasheet sections that outweigh a line that names another kind of document."""
    alone = len(line) - len(words) <= 3
    if len(line) > _LONGEST_HEADING or line.endswith((".", ",")) or (kind in _WEAK and number >= _TOP_LINES):
        return 0
    if not (alone or number < _TOP_LINES or len(words) * 3 >= len(line)):
        return 0
    return 4 if kind in _STRONG and (alone or number < _TOP_LINES) else 3
