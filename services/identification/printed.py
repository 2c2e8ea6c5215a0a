"""Evidence for printed numbers: the catalogue, another code, a caption, the maker's name, the shape alone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import CatalogueEntry, PartGuess
from schemas.markings import Code, Markings
from schemas.part_number import code_key
from services.identification.guesses import best_first, catalogue_evidence, combined, same_part, visible
from services.identification.makers import Maker, printed_makers
from services.identification.tokens import (
    Caption,
    Spelling,
    Token,
    is_designator,
    likeness,
    maker_of,
    spellings,
    tokens_of,
)

_BOARD: Final = 4
"With this many designators the photo shows a board, and most parts on a board are not the user's."
_MATCHED: Final = {
    Spelling.EXACT: 0.92,
    Spelling.FAMILY: 0.9,
    Spelling.CONFUSED: 0.87,
    Spelling.PLACEHOLDER: 0.87,
    Spelling.PREFIX: 0.87,
    Spelling.CONFUSED_FAMILY: 0.7,
}
_CAPTIONED: Final = {Caption.MAKER: 0.8, Caption.PLAIN: 0.55}


class _Reason(NamedTuple):
    """An argument for a number: its kind, its weight alone, and its evidence."""

    kind: str
    weight: float
    evidence: Evidence


class _Candidate(NamedTuple):
    """A printed number with all arguments for it."""

    code: str
    token: Token
    reasons: tuple[_Reason, ...]
    known: CatalogueEntry | None = None
    maker: Maker | None = None


def guesses_from_print(markings: Markings, rows: Mapping[str, CatalogueEntry]) -> tuple[PartGuess, ...]:
    """Return guesses from the print on a photo, most confident first; `rows` is the catalogue by `code_key`."""
    makers = makers_named(markings)
    tokens = [token for token in tokens_of(markings.lines) if token.caption is not Caption.FOREIGN]
    candidates = _without_rivals([_candidate(token, markings.codes, rows, makers) for token in tokens])
    tallest = max((token.line.height for token in tokens if likeness(token) >= 0.3), default=0.0)
    board = sum(is_designator(token) for token in tokens if not token.joined) >= _BOARD
    guesses = [_guess(candidate, tallest, board) for candidate in candidates if candidate.reasons]
    return best_first(guess for guess in guesses if guess.confidence >= 0.15)


def _without_rivals(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Remove the argument of the maker's name from numbers that have an equally good and tall rival on the photo."""

    def rivalled(one: _Candidate) -> bool:
        return any(reason.kind == "maker" for reason in one.reasons) and any(
            likeness(other.token) >= 0.5
            and other.token.line.confidence >= 0.95
            and other.token.line.height >= 0.6 * one.token.line.height
            and not other.token.joined
            and not same_part(one.token.text, other.token.text)
            for other in candidates
        )

    return [
        one._replace(reasons=tuple(reason for reason in one.reasons if reason.kind != "maker"))
        if rivalled(one)
        else one
        for one in candidates
    ]


def _candidate(
    token: Token, codes: Sequence[Code], rows: Mapping[str, CatalogueEntry], makers: Sequence[Maker]
) -> _Candidate:
    code, known, reasons = token.text, None, list(_printed_reasons(token, codes, makers))
    if match := _catalogue_match(token, rows, makers):
        known, how = match
        code = (
            token.text
            if how in (Spelling.FAMILY, Spelling.PLACEHOLDER, Spelling.CONFUSED_FAMILY)
            else known.manufacturer_code
        )
        weight = _MATCHED[how] if len(token.key) >= 5 else 0.7
        reasons.append(_Reason("catalogue", weight, catalogue_evidence(known)[0]))
    if token.joined and not {"catalogue", "code"} & {reason.kind for reason in reasons}:
        reasons = []
    return _Candidate(code, token, tuple(reasons), known, maker_of(token.key, makers))


def _catalogue_match(
    token: Token, rows: Mapping[str, CatalogueEntry], makers: Sequence[Maker]
) -> tuple[CatalogueEntry, Spelling] | None:
    if not worth_looking_up(token):
        return None
    for key, how in spellings(token, makers):
        if (row := rows.get(key)) is None or (token.joined and how not in (Spelling.EXACT, Spelling.CONFUSED)):
            continue
        if how is not Spelling.PLACEHOLDER or row.manufacturer_code.endswith("x"):
            return row, how
    return None


def _printed_reasons(token: Token, codes: Sequence[Code], makers: Sequence[Maker]) -> Iterator[_Reason]:
    printed = Evidence(kind=EvidenceKind.MARKING, quote=token.line.text)
    alike = likeness(token)
    if alike:
        yield _Reason("shape", alike * token.line.confidence, printed)
    if token.caption in _CAPTIONED and len(token.key) >= 5 and any(map(str.isdigit, token.key)):
        yield _Reason("caption", _CAPTIONED[token.caption] * token.line.confidence, printed)
    if alike < 0.3 and not token.joined:
        return
    if (code := _also_in_code(token, codes)) and alike:
        weight = 0.9 if len(_fields(code)) > 1 else 0.5
        yield _Reason("code", weight, Evidence(kind=EvidenceKind.BARCODE, quote=visible(code.text)))
    if (maker := maker_of(token.key, makers)) and not token.joined:
        clear = token.line.confidence >= 0.97 and len(token.key) >= 6
        yield _Reason("maker", 0.87 if clear else 0.6, Evidence(kind=EvidenceKind.RULE, quote=maker.name))


def _guess(candidate: _Candidate, tallest: float, board: bool) -> PartGuess:
    token, known = candidate.token, candidate.known
    kinds = {reason.kind: reason.weight for reason in candidate.reasons}
    shape = kinds.pop("shape", 0.0)
    confidence = combined(kinds.values(), most=0.97) if kinds else shape
    confidence *= 0.92 if board else 1.0
    confidence *= 0.9 if token.line.height < tallest / 2 else 1.0
    confidence *= 0.85 if token.line.confidence < 0.8 else 1.0
    printed = Evidence(kind=EvidenceKind.MARKING, quote=token.line.text)
    others = [reason.evidence for reason in candidate.reasons if reason.evidence != printed]
    return PartGuess(
        manufacturer_code=candidate.code,
        manufacturer=(known and known.manufacturer) or (candidate.maker.name if candidate.maker else None),
        description=known.description if known else None,
        confidence=round(confidence, 3),
        evidence=(printed, *others),
    )


def makers_named(markings: Markings) -> tuple[Maker, ...]:
    """Return the makers whose names were read clearly."""
    clear = [line.text for line in markings.lines if line.confidence >= 0.9]
    words = {code_key(word) for text in clear for word in re.split(r"[^\w-]+", text)}
    return printed_makers(frozenset(words | {code_key(text) for text in clear}))


def worth_looking_up(token: Token) -> bool:
    """Tell whether the catalogue may list this word as a part number."""
    mixed = re.search("[A-Z]", token.key) and re.search("[0-9]", token.key)
    return (
        bool(mixed) and 4 <= len(token.key) <= 24 and token.caption is not Caption.FOREIGN and not is_designator(token)
    )


def promise(token: Token) -> float:
    """Return the priority of looking a word up in the catalogue."""
    return likeness(token) * token.line.confidence + 0.3 * (token.caption in _CAPTIONED) + token.line.height


def _also_in_code(token: Token, codes: Sequence[Code]) -> Code | None:
    for code in codes:
        for field in _fields(code):
            if re.fullmatch(rf"(?:1P|3[01]P|3N1)?{re.escape(token.key)}", code_key(field)) and len(token.key) >= 6:
                return code
    return None


def _fields(code: Code) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[\s,;:/|\x1c-\x1e]+", code.text)))
