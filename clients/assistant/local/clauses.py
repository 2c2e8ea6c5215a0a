"""Splitting a description into clauses: in "regulator with reset for microcontrollers" the part is the regulator."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_BREAK = re.compile(
    r"[,;:.()\[\]]+(?:\s|$)|\s+[-–]\s+|\s[(\[]|\s(?P<subordinate>with|for|in|from|using|featuring|including)(?=\s)",
    re.IGNORECASE,
)


class Clause(NamedTuple):
    """A piece of a description; a subordinate one names a feature or a use of the part, not the part."""

    text: str
    subordinate: bool


def clauses(text: str) -> Iterator[Clause]:
    """Yield the clauses of the text in their order."""
    start, subordinate = 0, False
    for stop in _BREAK.finditer(text):
        yield Clause(text[start : stop.start()], subordinate)
        start, subordinate = stop.end(), stop["subordinate"] is not None
    yield Clause(text[start:], subordinate)
