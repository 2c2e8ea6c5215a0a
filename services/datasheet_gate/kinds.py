"""Telling datasheets from the other papers that manufacturers publish about a part."""

import re
from typing import Final

from services.datasheet_gate.mentions import Page

_KINDS: Final = {
    "an application note": r"APPLICATIONS?[ -](?:NOTE|REPORT|BRIEF|BULLETIN)S?|APP(?:LICATION)? NOTES?|应用笔记|应用指南|TECHNICAL (?:NOTE|BRIEF|ARTICLE)|DESIGN (?:NOTE|GUIDE|TIP|IDEA)S?|WHITE ?PAPER|LAYOUT GUIDE(?:LINE)?S?|MIGRATION GUIDE|REFERENCE DESIGN|ПРИМЕНЕНИЕ МИКРОСХЕМ",
    "a manual": r"(?:USER|USER'S|USER’S|USERS|HARDWARE|PROGRAMMING|PROGRAMMER'S|PROGRAMMER’S|REFERENCE|INSTRUCTION|OPERATING|OPERATION|SOFTWARE|SERVICE|TECHNICAL REFERENCE|FIRMWARE|INTEGRATION|INSTALLATION) (?:MANUAL|GUIDE)S?|USER(?:'S|’S)? MANUAL: HARDWARE|用户手册|使用手册|使用说明书|РУКОВОДСТВО|GETTING STARTED|QUICK[ -]?START|TUTORIAL|AT[ -]COMMANDS?(?: SET)?|REGISTERS? (?:LIST|MAP|DESCRIPTION)|LABORATOR(?:Y|IES)|RELEASE NOTES?",
    "an erratum": r"ERRAT(?:A|UM)(?: SHEET| NOTICE)?|SILICON (?:ERRATA|BUGS?)|DEVICE LIMITATIONS|勘误",
    "a selection guide": r"(?:PRODUCT |DEVICE |PART |PARAMETRIC )?SELECT(?:ION|OR) GUIDE|PRODUCT (?:CATALOG(?:UE)?|GUIDE|OVERVIEW|LINE ?CARD|PORTFOLIO)|LINE ?CARD|SHORT ?FORM CATALOG(?:UE)?|CROSS[ -]REFERENCE(?: GUIDE| LIST)?|选型(?:指南|手册|表)",
    "a brochure": r"(?:PRODUCT )?BROCHURE|FLYER|LEAFLET|PRODUCT (?:BRIEF|BULLETIN|NEWS|PREVIEW SHEET|ANNOUNCEMENT)|SALES SHEET|PRESS RELEASE|NEWS RELEASE|FOR IMMEDIATE RELEASE",
    "a description of an evaluation board": r"EVAL(?:UATION)? (?:BOARD|KIT|MODULE)S?(?: USER(?:'S|’S)? GUIDE| MANUAL)?|DEMO(?:NSTRATION)? (?:BOARD|KIT|CIRCUIT)(?: MANUAL)?|DEVELOPMENT KIT",
    "a change notice": r"(?:PRODUCT|PROCESS|PRODUCT/PROCESS)(?: ?/ ?PROCESS)? (?:CHANGE|DISCONTINUANCE|DISCONTINUATION|TERMINATION|WITHDRAWAL) (?:NOTICE|NOTIFICATION)S?|\\bPCN\\b|\\bPDN\\b|END[ -]OF[ -]LIFE NOTI(?:CE|FICATION)|LAST TIME BUY(?: NOTICE)?|CUSTOMER NOTIFICATION",
    "a package drawing": r"PACKAGE (?:OUTLINE|DRAWING|INFORMATION|MECHANICAL DRAWING|DIMENSIONS?)S?(?: DRAWING)?|MECHANICAL (?:DRAWING|OUTLINE)|TAPE AND REEL (?:INFORMATION|SPECIFICATION)|RECOMMENDED (?:FOOTPRINT|LAND PATTERN)S?|SOLDERING (?:FOOTPRINT|GUIDE)",
    "a certificate": r"CERTIFICATE(?: OF (?:COMPLIANCE|CONFORMITY|ANALYSIS))?|DECLARATION OF (?:CONFORMITY|COMPLIANCE)|ROHS (?:COMPLIANCE|CERTIFICATE|DECLARATION)[A-Z ]*|REACH (?:STATEMENT|DECLARATION)|MATERIAL (?:CONTENT |COMPOSITION )?(?:DECLARATION|DATA SHEET)|(?:MATERIAL )?SAFETY DATA ?SHEET|CERTIFICATION TEST REPORT|TEST REPORT|(?:RELIABILITY|QUALIFICATION) (?:TEST )?(?:REPORT|DATA|SUMMARY)|[A-Z ]*PHOTO(?:GRAPH)?S OF EUT",
}
_ANY: Final = {kind: re.compile(rf"(?<![A-Z])(?:{words})(?![A-Z])") for kind, words in _KINDS.items()}
_NEVER_A_SECTION: Final = frozenset(
    {"an application note", "a manual", "an erratum", "a change notice", "a certificate"}
)
_NUMBERED: Final = re.compile(
    r"(?<![A-Z0-9])(?:AN|UM|RM|UG|TN|ES|PCN|SLVA|SLUA|SLOA|SNVA|SPRU|SLAU)[- ]?[0-9]{3,6}[A-Z]?(?![A-Z0-9])"
)
_NEWS: Final = re.compile(
    r"(?:INTRODUCE[SD]?|ANNOUNCE[SD]?|UNVEIL(?:S|ED)?|LAUNCH(?:ES|ED)?) TODAY|TODAY (?:INTRODUCED|ANNOUNCED|UNVEILED)|NASDAQ:|NYSE:"
)
_DATASHEET: Final = re.compile(
    r"DATA ?SHEET|数据手册|规格书|ТЕХНИЧЕСКИЕ (?:ДАННЫЕ|УСЛОВИЯ)|PRODUCT(?:ION)? (?:DATA|SPECIFICATION)|SPECIFICATIONS? FOR|DATENBLATT"
)
_HALLMARK: Final = re.compile(
    r"(?:ABSOLUTE )?MAXIMUM RATINGS|ELECTRICAL (?:CHARACTERISTICS|SPECIFICATIONS?)|(?:DC|AC|SWITCHING|THERMAL) CHARACTERISTICS"
    r"|(?:RECOMMENDED )?OPERATING CONDITIONS|LIMITING VALUES|QUICK REFERENCE DATA|PIN (?:CONFIGURATION|DESCRIPTION|ASSIGNMENT|FUNCTION)S?"
    r"|ORDERING (?:INFORMATION|GUIDE|CODE)|MECHANICAL DATA|PACKAGE (?:OUTLINE|DIMENSIONS)|HOW TO ORDER"
    r"|极限参数|电气特性|电气参数|电特性|引脚|ПРЕДЕЛЬНЫЕ|ЭЛЕКТРИЧЕСКИЕ (?:ПАРАМЕТРЫ|ХАРАКТЕРИСТИКИ)"
)
_HEAD_LINES: Final = 30
_HEAD_CHARACTERS: Final = 1500
_LINE: Final = 90
_LOOKED_AT: Final = 10


def wrong_kind(title: str | None, pages: tuple[Page, ...]) -> tuple[str, int | None, str] | None:
    """Return what else than a datasheet the document is, with page and words that say so; None for a datasheet."""
    folded_title = " ".join((title or "").upper().split())
    if not _DATASHEET.search(folded_title):
        for kind, words in _ANY.items():
            if words.search(folded_title):
                return kind, None, (title or "").strip()
    for page in [page for page in pages if page.text.strip()][:2]:
        if found := _headed(page, hallmarks=hallmarks(pages)):
            return found[0], page.number, found[1]
    return None


def hallmarks(pages: tuple[Page, ...]) -> int:
    """Count the different sections that only a datasheet has."""
    return len({match[0] for page in pages[:_LOOKED_AT] for match in _HALLMARK.finditer(page.folded)})


def _headed(page: Page, *, hallmarks: int) -> tuple[str, str] | None:
    lines = [" ".join(line.split()) for line in page.text[:_HEAD_CHARACTERS].splitlines() if line.strip()][:_HEAD_LINES]
    if any(_DATASHEET.search(line.upper()) and len(line) <= _LINE for line in lines):
        return None
    for number, line in enumerate(lines):
        for kind, words in _ANY.items():
            match = words.search(line.upper())
            if (
                match
                and _is_heading(line, match[0], number)
                and hallmarks < (4 if kind in _NEVER_A_SECTION and number < 4 else 2)
            ):
                return kind, line[:_LINE]
        if _NEWS.search(line.upper()) and hallmarks < 2:
            return "a brochure", line[:_LINE]
    return None


def _is_heading(line: str, words: str, number: int) -> bool:
    return len(line) <= _LINE and (len(words) * 3 >= len(line) or number < 6) and not line.rstrip().endswith((".", ","))
