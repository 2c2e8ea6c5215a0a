"""Guesses: when two mean one part, how sure several arguments are together, and what evidence quotes."""

import math
import re
from collections.abc import Iterable

from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import CatalogueEntry, PartGuess
from schemas.part_number import code_key
from schemas.text import MAX_CODE
from services.identification.tokens import folded


def best_first(guesses: Iterable[PartGuess]) -> tuple[PartGuess, ...]:
    """Return the guesses without those that say the same part as a better one, or are too long for a part number."""
    best: list[PartGuess] = []
    for guess in sorted(guesses, key=lambda one: (one.confidence, len(code_key(one.manufacturer_code))), reverse=True):
        is_number = len(guess.manufacturer_code) <= MAX_CODE
        if is_number and not any(same_part(guess.manufacturer_code, better.manufacturer_code) for better in best):
            best.append(guess)
    return tuple(best)


def same_part(one: str, other: str) -> bool:
    """Say whether two spellings may mean one part: look-alikes, or one the other's beginning or end."""
    short, long = sorted((folded(code_key(one)), folded(code_key(other))), key=len)
    if short == long:
        return True
    rest = long.removeprefix(short)
    return len(short) >= 4 and (
        (rest != long and not (short[-1:].isdigit() and rest[:1].isdigit())) or long.endswith(short)
    )


def catalogue_evidence(known: CatalogueEntry | None) -> tuple[Evidence, ...]:
    """Return the row as evidence, if there is one."""
    return (Evidence(kind=EvidenceKind.CATALOGUE, quote=known.manufacturer_code, source=known.source),) if known else ()


def visible(text: str) -> str:
    """Return a code's text as it can be shown."""
    return re.sub(r"[^ -~]+", " ", text).strip()[:120]


def combined(weights: Iterable[float], *, most: float) -> float:
    """Return how sure independent arguments are together."""
    return min(most, 1 - math.prod(1 - weight for weight in weights))
