"""Manufacturers that are the same or took each other over, and the one that a document is from."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from schemas.company import MANUFACTURERS

_SHORTEST: Final = 3
_HOUSES: Final = tuple(
    tuple(name.casefold() for name in maker.distinct_names if len(name) >= _SHORTEST) for maker in MANUFACTURERS.all
)
_NOISE: Final = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|co|ltd|limited|llc|gmbh|ag|plc|electronics?|semiconductors?|technology"
    r"|technologies|components?|microelectronics|the|products?|company)\b|[^\w\s&.-]"
)


def names_of(manufacturer: str) -> tuple[str, ...]:
    """Return, in lower case, the names that a manufacturer, its predecessors and successors print."""
    given = " ".join(manufacturer.casefold().split())
    plain = " ".join(_NOISE.sub(" ", given).replace(" .", " ").strip(" .-").split())
    found = MANUFACTURERS.find(plain)
    full = found[0].name.casefold() if found else given
    houses = [name for house in _HOUSES if any(_count(name, full) for name in house) for name in house]
    parts = [part.strip() for part in re.split(r"[/,;()]|\s-\s", given)]
    return tuple(name for name in dict.fromkeys([*houses, plain, full, *parts]) if len(name) >= _SHORTEST)


def count(names: Iterable[str], text: str) -> int:
    """Count the occurrences of names in a lower-case text."""
    return sum(_count(name, text) for name in names)


def most_named(text: str) -> tuple[str, int]:
    """Return the manufacturer that a lower-case text names most, and the count."""
    return max(((house[0], count(house, text)) for house in _HOUSES), key=lambda named: named[1])


def _count(name: str, text: str) -> int:
    return len(_word(name).findall(text))


@lru_cache(maxsize=1024)
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])")
