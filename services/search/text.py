"""Texts as they are searched: words, and the lexemes of values.

What is written to the index is made by functions of the database; here is the same for what is asked.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_

from schemas.search import MAX_QUERY
from schemas.value import Unit, Value

_ACCENTED: Final = "µμàáâãäåçèéêëìíîïñòóôõöøùúûüýÿ"
_PLAIN: Final = str.maketrans(_ACCENTED, "uuaaaaaaceeeeiiiinoooooouuuuyy")
_WORD: Final = re.compile(r"[^\W_]+")
LAST: Final = "~"
"Every character of a word or a number sorts before it."
_INVISIBLE: Final = ("C", "Z")
"Unicode's categories of control, format and other unseen characters, and of white space."


def readable(text: str) -> str:
    """Return the part of a query that is read, as one line of visible characters."""
    seen = (" " if unicodedata.category(character)[0] in _INVISIBLE else character for character in text[:MAX_QUERY])
    return " ".join("".join(seen).split())


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, in small letters without accents; the SQL twin is `search_words`."""
    return tuple(_WORD.findall(text.lower().translate(_PLAIN)))


def plain(text: str) -> str:
    """Return a text in small letters without accents, in which each character keeps its place."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
    return small.translate(_PLAIN)


def lexemes_of(value: Value) -> tuple[str, ...]:
    """Return the lexemes that find a value: with its unit, a text that names none matches too."""
    base = _lexeme(value)
    return (base,) if value.unit is None else (base + _suffix(value.unit), f"{base}x")


def indexed_lexemes(value: Value) -> tuple[str, ...]:
    """Return the lexemes that a value has in the index; the SQL twin is `search_values`."""
    base = _lexeme(value)
    return base, base + (_suffix(value.unit) if value.unit else "x")


def _lexeme(value: Value) -> str:
    _, digits, exponent = value.number.normalize().as_tuple()
    written = str(exponent).replace("-", "m")
    return f"qv{''.join(map(str, digits))}e{written if value.number else 0}"


def _suffix(unit: Unit) -> str:
    return "pct" if unit == Unit.PERCENT else unit.letter


def begins(column: Any, prefix: str) -> ColumnElement[bool]:
    """Return the condition that a text begins so, which an index in the order of characters answers."""
    return and_(column >= prefix, column < prefix + LAST)
