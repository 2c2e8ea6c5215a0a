"""Arguments for a printed number, apart from the catalogue: its shape, a caption, another code, the maker's name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import CatalogueEntry
from schemas.markings import Code, Markings
from schemas.part_number import canonical_key
from services.identification.barcodes import fields_of
from services.identification.guesses import code_evidence, print_evidence
from services.identification.likeness import is_like_lot, likeness
from services.identification.makers import Maker, maker_of, printed_makers
from services.identification.tokens import Caption, Token

CAPTIONED: Final = {Caption.MAKER: 0.8, Caption.PLAIN: 0.55}


class Reason(NamedTuple):
    """An argument for a number: its kind, its weight alone, and its evidence."""

    kind: str
    weight: float
    evidence: Evidence


class Surroundings(NamedTuple):
    """What a printed number is judged by."""

    codes: Sequence[Code]
    rows: Mapping[str, CatalogueEntry]
    makers: Sequence[Maker]
    lots: frozenset[str]
    "the keys of words that may be lots or dates"


def printed_reasons(token: Token, around: Surroundings) -> Iterator[Reason]:
    """Yield the arguments that the photo itself has for a word."""
    printed = print_evidence(token.line)
    alike = likeness(token)
    if alike:
        yield Reason("shape", alike * token.line.confidence, printed)
    if token.caption in CAPTIONED and len(token.key) >= 5 and any(map(str.isdigit, token.key)):
        yield Reason("caption", CAPTIONED[token.caption] * token.line.confidence, printed)
    if alike < 0.3 and not token.joined:
        return
    if (code := _also_in_code(token, around.codes)) and alike:
        weight = 0.9 if len(fields_of(code)) > 1 else 0.5
        yield Reason("code", weight, code_evidence(code))
    if (maker := maker_of(token.key, around.makers)) and not token.joined:
        is_lone_lot = is_like_lot(token) and not around.lots - {token.key}
        clear = token.line.confidence >= 0.97 and len(token.key) >= 6 and not is_lone_lot
        yield Reason("maker", 0.87 if clear else 0.6, Evidence(kind=EvidenceKind.RULE, quote=maker.name))


def _also_in_code(token: Token, codes: Sequence[Code]) -> Code | None:
    for code in codes:
        for field in fields_of(code):
            if re.fullmatch(rf"(?:1P|3[01]P|3N1)?{re.escape(token.key)}", canonical_key(field)) and len(token.key) >= 6:
                return code
    return None


def makers_named(markings: Markings) -> tuple[Maker, ...]:
    """Return the makers whose names were read clearly."""
    clear = [line.text for line in markings.lines if line.confidence >= 0.9]
    words = {canonical_key(word) for text in clear for word in re.split(r"[^\w-]+", text)}
    return printed_makers(frozenset(words | {canonical_key(text) for text in clear}))
