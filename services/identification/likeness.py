"""What a word on a photo looks like: a part number, a designator, a power net, a lot or a date."""

import re
from typing import Final

from services.identification.tokens import Caption, Token

_DESIGNATOR: Final = re.compile(
    r"(?:[A-Z]\d{1,3}|[CR]\d{4}|(?:TP|SW|CN|CON|FB|LED|JP|IC|R[NPV]|C[BERT]|VR|FL|Z?D|TR|BT|AN|ANT|NT|MH|I?CT|SPK|USB|HDR)\d{1,3})[A-Z]?"
)
_VALUE: Final = re.compile(
    r"\d+(?:\d|[.,])*(?:[KMGUNP]?(?:HZ|OHMS?|F|H|A|V|W|VAC|VDC)|[KMR]\d{0,2}|PPM|PCS|MM|MIL|%|MIN|BIT|DPI|[KMGT]B?)"
)
_NET: Final = re.compile(
    r"[ADPS]?GND[A-Z]{0,3}\d*(?:V\d*)?|[+-]?\d+(?:[.,]\d+)?V\d*[A-Z]{0,3}"
    r"|V(?:CC|DD|SS|EE|AA|PP|BUS|BATT?|IN|OUT|REF|IO|COM|MEM)[A-Z]{0,2}[+\d.V]*"
)
_PACKAGE: Final = re.compile(
    r"(?:SO[DTP]|SOIC|[MT]?SSOP|MSOP|[LTV]?QFP|[UVW]?QFN|DFN|P?DIP|BGA|PLCC|TO-?(?:92|220|247|252|263))-?\d{0,3}[A-Z]{0,3}"
)
_LIKE_LOT: Final = re.compile(
    r"[A-Z]{0,4}(?:[7-9]\d|[01]\d|2[0-9])(?:0[1-9]|[1-4]\d|5[0-3])[A-Z0-9]{0,4}|[A-Z]{1,3}\d{5,8}[A-Z]?"
)
_DATE_OR_LOT: Final = re.compile(
    r"\d{4}[A-Z]{0,2}\d?|[A-Z]?\d{6,8}[A-Z]?|(?:19|20)\d{2}[01]\d[0-3]\d|[A-F0-9]{12}|94V\d?"
)
_DIGITS_FIRST: Final = re.compile(
    r"(?:54|74)[A-Z]|[1246][NP]\d|2S[A-DJK]\d|2[3-9][A-Z]|[12]8[BFSV]|[78][08]C|93[CL]|\d{4}[A-Z]{3}"
)


def is_designator(token: Token) -> bool:
    """Tell whether a word names a place on a board, such as R12."""
    return bool(_DESIGNATOR.fullmatch(token.key))


def is_net(token: Token) -> bool:
    """Tell whether a word names a power net, such as GND or 3V3, which catalogues of symbols list."""
    return bool(_NET.fullmatch(token.key))


def is_like_lot(token: Token) -> bool:
    """Tell whether a word may be a lot or a date code: TA9821 is a number of Toshiba or the 21st week of 1998."""
    return bool(_LIKE_LOT.fullmatch(token.key))


def may_be_lot(token: Token) -> bool:
    """Tell whether a word is one that chips show beside their number: a lot, a date or a mask."""
    digits = sum(map(str.isdigit, token.key))
    is_other = is_net(token) or is_designator(token) or _VALUE.fullmatch(token.key)
    return not (token.joined or is_other) and len(token.key) >= 4 and digits >= 3 and likeness(token) < 0.4


def likeness(token: Token) -> float:
    """Return a score from 0 to 0.6 for how much a word looks like a part number, by its letters and digits alone."""
    key = token.key
    digits = sum(character.isdigit() for character in key)
    if not 5 <= len(key) <= 24 or not 2 <= digits < len(key) or token.caption is Caption.FOREIGN:
        return 0.0
    if any(pattern.fullmatch(key) for pattern in (_DESIGNATOR, _VALUE, _NET, _PACKAGE, _DATE_OR_LOT)) or re.search(
        r"\d{7}", token.text
    ):
        return 0.0
    score = 0.3
    score += 0.1 if re.match(r"[A-Z]{2,5}\d", key) else -0.15 * (key[0].isdigit() and not _DIGITS_FIRST.match(key))
    score += 0.1 if re.search(r"\d[A-Z]{1,5}\d{0,3}$", key) else 0.0
    score += 0.05 if "-" in token.text or "/" in token.text else 0.0
    score -= 0.1 if re.fullmatch(r"[A-Z]{1,3}\d[A-Z]?\d{4,6}", key) else 0.0
    return max(0.05, min(0.6, score)) * (0.5 if token.joined else 1.0)
