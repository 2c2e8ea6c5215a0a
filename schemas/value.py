"""Values with units, as people write them: 4k7, 4.7 kΩ, 4700R, 100n, 0.1 µF, 1/4W, 3V3.

The database indexes values by a function of its own (`search_values`), which reads the same expression.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from typing import Final, NamedTuple

FOLDED_FROM: Final = "\u00b5\u03bc\u03a9\u2126"
FOLDED_TO: Final = "uuRR"
"Both signs for micro, and both for ohm."

VALUE_PATTERN: Final = (
    r"(?<![A-Za-z0-9.,-])(?<![0-9]/)"
    r"([0-9]{1,7})(?:([.,/])([0-9]{1,5}))?[ ]?"
    r"(?:([pnumkKMG]|[NUP](?=[FH]))([0-9]{1,3})?|([RrVvF])([0-9]{1,3}))?[ ]?"
    r"(F|f|H|[Hh][Zz]|HZ|V|v|A|W|w|R|r|[oO][hH][mM][sS]?|%)?(?![A-Za-z0-9])"
)
"""A number, maybe with a point, a comma or a fraction; a prefix, or a letter that stands for the point; and a unit.

Python and PostgreSQL read this expression alike.
"""

DIGITS: Final = 6
"Values that agree in as many digits are equal."

_EXPONENTS: Final = {"p": -12, "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9}
_PREFIXES: Final = tuple((exponent, prefix.replace("u", "µ")) for prefix, exponent in reversed(_EXPONENTS.items()))
_ROUNDED: Final = Context(prec=DIGITS, rounding=ROUND_HALF_UP)
_VALUE: Final = re.compile(VALUE_PATTERN)
_FOLDED: Final = str.maketrans(FOLDED_FROM, FOLDED_TO)


class Unit(StrEnum):
    """The units that parts are told apart by."""

    OHM = "ohm"
    FARAD = "farad"
    HENRY = "henry"
    HERTZ = "hertz"
    VOLT = "volt"
    AMPERE = "ampere"
    WATT = "watt"
    PERCENT = "percent"

    @property
    def letter(self) -> str:
        """How the unit is written after a number, in small letters: in an index, and by people."""
        return _LETTERS[self]


_LETTERS: Final = {
    Unit.OHM: "r",
    Unit.FARAD: "f",
    Unit.HENRY: "h",
    Unit.HERTZ: "hz",
    Unit.VOLT: "v",
    Unit.AMPERE: "a",
    Unit.WATT: "w",
    Unit.PERCENT: "%",
}
_UNITS: Final = {letter: unit for unit, letter in _LETTERS.items()}
_WRITTEN: Final = {
    Unit.OHM: "Ω",
    Unit.FARAD: "F",
    Unit.HENRY: "H",
    Unit.HERTZ: "Hz",
    Unit.VOLT: "V",
    Unit.AMPERE: "A",
    Unit.WATT: "W",
    Unit.PERCENT: "%",
}


class Value(NamedTuple):
    """A number with its unit, if the text names one: 4k7 may be ohms."""

    number: Decimal
    unit: Unit | None

    def __str__(self) -> str:
        exponent, prefix = self._scale()
        return f"{self.number.scaleb(-exponent):f} {prefix}{_WRITTEN[self.unit] if self.unit else ''}"

    def _scale(self) -> tuple[int, str]:
        fitting = next((each for each in _PREFIXES if self.number >= Decimal(10) ** each[0]), _PREFIXES[-1])
        if not self.number or self.unit == Unit.PERCENT:
            fitting = (0, "")
        # A number without prefix and unit is no value.
        return fitting if self.unit or fitting[1] else (-3, "m")

    @classmethod
    def parse(cls, text: str) -> "Value | None":
        """Return the value that a text is, or None when it is something else."""
        found = find_values(text.strip())
        return found[0].value if len(found) == 1 and found[0].text == text.strip() else None


class FoundValue(NamedTuple):
    """A value in a text, and where it stands there."""

    value: Value
    text: str
    start: int


def find_values(text: str) -> tuple[FoundValue, ...]:
    """Return the values that a text names, from left to right."""
    return tuple(_found(text))


def _found(text: str) -> Iterator[FoundValue]:
    for match in _VALUE.finditer(text.translate(_FOLDED)):
        if value := _value(match):
            yield FoundValue(value, text[match.start() : match.end()].rstrip(), match.start())


def _value(match: re.Match[str]) -> Value | None:
    whole, mark, part, prefix, after_prefix, letter, after_letter, unit = (group or "" for group in match.groups())
    after = after_prefix or after_letter
    if not (prefix or letter or unit) or (mark and after):
        return None
    if mark != "/":
        number = Decimal(f"{whole}.{part or after or 0}")
    elif prefix or not int(part):
        return None
    else:
        number = _ROUNDED.divide(Decimal(whole), Decimal(part))
    exponent = _EXPONENTS[prefix if prefix in _EXPONENTS else prefix.lower()]
    return Value(_ROUNDED.plus(number.scaleb(exponent)).normalize(), _unit(unit or letter))


def _unit(written: str) -> Unit | None:
    if not written:
        return None
    return Unit.OHM if written.lower().startswith("ohm") else _UNITS[written.lower()]
