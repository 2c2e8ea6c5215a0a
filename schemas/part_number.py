"""The comparison of part numbers.

Two numbers with one canonical key are the same part. Two with one loose key are worth comparing, and never joined:
SMAJ6.0A and SMAJ60A are parts for 6 V and for 60 V. docs/identity.md lists every use of each.
"""

import re
from string import ascii_lowercase, ascii_uppercase
from typing import Final

CODE_PATTERN: Final = r"[A-Za-z0-9]"
"A character of which every part number has at least one."

FOLDED_FROM: Final = ascii_lowercase + "\u00b5\u03bc\u2126"
FOLDED_TO: Final = ascii_uppercase + "UU\u03a9"
"Letters that stand for each other: both cases, both signs for micro, which is often written u, and both for ohm."

NOT_CANONICAL: Final = (
    r"[.,](?![0-9])|(?<=[^0-9])[.,]"
    r"|[\u0001-\u0020!-$&-*\-/:-@\[-`{-\u007f\u00a0\u00ad\u00ae\u2000-\u200d\u2010-\u2015\u202f\u2122\u2212\u3000\ufeff]"
)
"""What a canonical key leaves out: spaces, hyphens, slashes and other separators, but not + and %, which tell parts
apart, nor a point or comma between digits. Python and PostgreSQL read this expression alike."""

NOT_LOOSE: Final = r"[^A-Z0-9]|(?<=[0-9])P(?=[0-9])"
"What a loose key leaves out of a canonical one: the point too, however it is printed (3.3, 3,3, 3P3)."

_FOLDED = str.maketrans(FOLDED_FROM, FOLDED_TO)
_NOT_CANONICAL = re.compile(NOT_CANONICAL)
_MAY_BE_NUMBER = re.compile(CODE_PATTERN)
_NOT_LOOSE = re.compile(NOT_LOOSE)


def may_be_number(text: str) -> bool:
    """Tell whether a text has a letter or a digit, as every part number has."""
    return _MAY_BE_NUMBER.search(text) is not None


def canonical_key(manufacturer_code: str) -> str:
    """Return the key that all spellings of one part number share: `lm1117-3.3 n` is `LM11173.3N`."""
    return _NOT_CANONICAL.sub("", manufacturer_code.translate(_FOLDED))


def loose_key(manufacturer_code: str) -> str:
    """Return the key that numbers worth comparing share: `LM1117-3.3`, `LM1117-33` and `LM1117-3P3` are `LM111733`."""
    return _NOT_LOOSE.sub("", canonical_key(manufacturer_code))
