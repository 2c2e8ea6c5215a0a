"""What can be a part number at all."""

import re
from typing import Final

from schemas.part_number import canonical_key, may_be_number
from schemas.text import MAX_CODE

_PLACEHOLDER: Final = re.compile(
    r"NA|NAN|NIL|NONE|NULL|UNK|UNKN|UNKNOWN|UNDEF|UNDEFINED|UNASSIGNED|UNSPECIFIED|TBA|TBC|TBD|TODO|TEST|SAMPLE|EXAMPLE"
    r"|DUMMY|GENERIC|VARIOUS|MISC|OTHER|NOT(?:AVAILABLE|APPLICABLE|KNOWN|SPECIFIED)|NO(?:PART)?NUMBER|NOMPN"
    r"|SEE(?:LABEL|ABOVE|BELOW)|M?PN|MF[GR]PN|(?:PART)?NUMBER|PARTNO"
)
"What people and programs write where a number is missing, as a `canonical_key`."

_MARKUP: Final = re.compile(r"[<>{}\\`]|&#?\w+;|://")


def is_plausible(text: str) -> bool:
    """Tell whether a text can be a part number: short, printable, neither markup nor a word for a missing number."""
    key = canonical_key(text)
    return (
        may_be_number(text)
        and len(text) <= MAX_CODE
        and text.isprintable()
        and not _MARKUP.search(text)
        and not _PLACEHOLDER.fullmatch(key)
        and (len(key) < 2 or len(set(key)) > 1)
    )


def has_digit(text: str) -> bool:
    """Tell whether a text has a digit, as nearly every part number has and hardly any word."""
    return any(map(str.isdigit, text))
