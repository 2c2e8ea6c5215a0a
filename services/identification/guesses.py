"""Guesses: whether two mean one part, their combined confidence, and their evidence."""

import math
import re
from collections.abc import Iterable

from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import CatalogueEntry, PartGuess
from schemas.part_number import code_key
from schemas.text import MAX_CODE
from services.identification.tokens import folded


def best_first(guesses: Iterable[PartGuess]) -> tuple[PartGuess, ...]:
    """Return guesses, best first, without those that repeat a better one or are too long for a part number."""
    best: list[PartGuess] = []
    for guess in sorted(guesses, key=lambda one: (one.confidence, len(code_key(one.manufacturer_code))), reverse=True):
        is_number = len(guess.manufacturer_code) <= MAX_CODE
        if is_number and not any(same_part(guess.manufacturer_code, better.manufacturer_code) for better in best):
            best.append(guess)
    return tuple(best)


def same_part(one: str, other: str) -> bool:
    """Tell whether two spellings may mean one part: they look alike, or one begins or ends with the other."""
    short, long = sorted((folded(code_key(one)), folded(code_key(other))), key=len)
    if short == long:
        return True
    rest = long.removeprefix(short)
    return len(short) >= 4 and (
        (rest != long and not (short[-1:].isdigit() and rest[:1].isdigit())) or long.endswith(short)
    )


def catalogue_evidence(known: CatalogueEntry | None) -> tuple[Evidence, ...]:
    """Return a catalogue row as evidence, if there is one."""
    return (Evidence(kind=EvidenceKind.CATALOGUE, quote=known.manufacturer_code, source=known.source),) if known else ()


def visible(text: str) -> str:
    """Return the printable text of a code."""
    return re.sub(r"[^ -~]+", " ", text).strip()[:120]


def combined(weights: Iterable[float], *, most: float) -> float:
    """Return the combined confidence of independent arguments."""
    return min(most, 1 - math.prod(1 - weight for weight in weights))
