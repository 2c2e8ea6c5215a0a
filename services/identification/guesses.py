"""Guesses: whether two mean one part, their combined confidence, and their evidence."""

import math
import re
from collections.abc import Iterable

from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import CatalogueEntry, PartGuess
from schemas.markings import Code, TextLine
from schemas.part_number import canonical_key
from services.identification.plausible import is_plausible
from services.identification.spellings import folded

_IN_NUMBERS = frozenset("0123456789.,")


def best_first(guesses: Iterable[PartGuess]) -> tuple[PartGuess, ...]:
    """Return guesses, best first, without those that repeat a better one or cannot be a part number."""
    best: list[PartGuess] = []
    for guess in sorted(
        guesses, key=lambda one: (one.confidence, len(canonical_key(one.manufacturer_code))), reverse=True
    ):
        number = guess.manufacturer_code
        if is_plausible(number) and not any(_repeats(number, better.manufacturer_code) for better in best):
            best.append(guess)
    return tuple(best)


def _repeats(number: str, better: str) -> bool:
    """Tell whether a guess adds nothing; with and without the N of "P/N" are two guesses."""
    short, long = sorted((canonical_key(number), canonical_key(better)), key=len)
    return long != f"N{short}" and same_part(number, better)


def same_part(one: str, other: str) -> bool:
    """Tell whether two spellings may mean one part: they look alike, or one begins or ends with the other."""
    short, long = sorted((folded(canonical_key(one)), folded(canonical_key(other))), key=len)
    if short == long:
        return True
    return len(short) >= 4 and (
        (long.startswith(short) and not _within_a_number(long, len(short)))
        or (long.endswith(short) and not _within_a_number(long, len(long) - len(short)))
    )


def _within_a_number(key: str, place: int) -> bool:
    """Tell whether a cut at this place would part digits that belong together, as in LM48|11 and SMAJ6|.0A."""
    before, after = key[place - 1], key[place]
    return before in _IN_NUMBERS and after in _IN_NUMBERS


def catalogue_evidence(known: CatalogueEntry | None) -> tuple[Evidence, ...]:
    """Return a catalogue row as evidence, if there is one."""
    return (Evidence(kind=EvidenceKind.CATALOGUE, quote=known.manufacturer_code, source=known.source),) if known else ()


def code_evidence(code: Code) -> Evidence:
    """Return a code as evidence, with where it is in the photo."""
    return Evidence(kind=EvidenceKind.BARCODE, quote=visible(code.text), region=code.region)


def print_evidence(line: TextLine) -> Evidence:
    """Return a line of print as evidence, with where it is in the photo."""
    return Evidence(kind=EvidenceKind.MARKING, quote=line.text, region=line.region)


def visible(text: str) -> str:
    """Return the printable text of a code."""
    return re.sub(r"[^ -~]+", " ", text).strip()[:120]


def combined(weights: Iterable[float], *, most: float) -> float:
    """Return the combined confidence of independent arguments."""
    return min(most, 1 - math.prod(1 - weight for weight in weights))
