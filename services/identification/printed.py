"""Guesses from print: each number with the arguments for it, the catalogue's among them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.identification import CatalogueEntry, PartGuess
from schemas.markings import Markings
from schemas.part_number import canonical_key, loose_key
from services.identification.guesses import best_first, catalogue_evidence, combined, print_evidence, same_part
from services.identification.likeness import is_designator, is_net, likeness, may_be_lot
from services.identification.makers import Maker, maker_of
from services.identification.reasons import CAPTIONED, Reason, Surroundings, makers_named, printed_reasons
from services.identification.spellings import Spelling, spellings
from services.identification.tokens import Caption, Token, tokens_of

_BOARD: Final = 4
"With this many designators the photo shows a board, and most parts on a board are not the user's."
_MATCHED: Final = {
    Spelling.EXACT: 0.92,
    Spelling.FAMILY: 0.9,
    Spelling.CONFUSED: 0.87,
    Spelling.PLACEHOLDER: 0.87,
    Spelling.PREFIX: 0.87,
    Spelling.CONFUSED_FAMILY: 0.7,
    Spelling.GLUED: 0.6,
}
_CERTAIN: Final = 0.97
_DOUBTFUL: Final = 0.6
"The most confidence in a printed number that may be another one, whose point or first letter was not read."


class _Candidate(NamedTuple):
    """A printed number with all arguments for it."""

    code: str
    token: Token
    reasons: tuple[Reason, ...]
    known: CatalogueEntry | None = None
    maker: Maker | None = None
    at_most: float = _CERTAIN


def guesses_from_print(markings: Markings, rows: Mapping[str, CatalogueEntry]) -> tuple[PartGuess, ...]:
    """Return guesses from the print on a photo, most confident first; `rows` is the catalogue by canonical key."""
    seen = tokens_of(markings.lines)
    lots = frozenset(token.key for token in seen if may_be_lot(token))
    around = Surroundings(markings.codes, rows, makers_named(markings), lots)
    tokens = [token for token in seen if token.caption is not Caption.FOREIGN]
    found = [each for token in tokens for each in _candidates(token, around)]
    candidates = _without_rivals([each for one in found for each in _with_near(one, _by_loose_key(rows))])
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


def _candidates(token: Token, around: Surroundings) -> Iterator[_Candidate]:
    """Yield what a word may mean; a letter that a caption may have left behind or taken away is a doubt."""
    match = _catalogue_match(token, around.rows, around.makers)
    is_glued = bool(match and match[1] is Spelling.GLUED)
    at_most = _DOUBTFUL if is_glued or (token.glued and not match) else _CERTAIN
    yield _candidate(token, around, match)._replace(at_most=at_most)
    if is_glued:
        yield _candidate(token, around, None)._replace(at_most=_DOUBTFUL)


def _candidate(token: Token, around: Surroundings, match: tuple[CatalogueEntry, Spelling] | None) -> _Candidate:
    code, known, reasons = token.text, None, list(printed_reasons(token, around))
    if match:
        known, how = match
        code = (
            token.text
            if how in (Spelling.FAMILY, Spelling.PLACEHOLDER, Spelling.CONFUSED_FAMILY)
            else known.manufacturer_code
        )
        weight = _MATCHED[how] if len(token.key) >= 5 else 0.7
        reasons.append(Reason("catalogue", weight, catalogue_evidence(known)[0]))
    if token.joined and not {"catalogue", "code"} & {reason.kind for reason in reasons}:
        reasons = []
    return _Candidate(code, token, tuple(reasons), known, maker_of(token.key, around.makers))


def _by_loose_key(rows: Mapping[str, CatalogueEntry]) -> Mapping[str, list[CatalogueEntry]]:
    near: defaultdict[str, list[CatalogueEntry]] = defaultdict(list)
    for row in rows.values():
        near[loose_key(row.manufacturer_code)].append(row)
    return near


def _with_near(one: _Candidate, near: Mapping[str, Sequence[CatalogueEntry]]) -> Iterator[_Candidate]:
    """Yield a candidate, and the catalogue's numbers that differ from it by a point or another small sign.

    A camera easily misses a point, so a number that has one in the catalogue makes the print without it doubtful.
    """
    number = one.known.manufacturer_code if one.known and not one.token.joined else one.token.text
    own = canonical_key(number)
    others = [row for row in near.get(loose_key(number), ()) if canonical_key(row.manufacturer_code) != own]
    if not worth_looking_up(one.token):
        others = []
    is_doubtful = any(_points(row.manufacturer_code) > _points(number) for row in others)
    yield one._replace(at_most=_DOUBTFUL) if is_doubtful else one
    for row in others:
        reason = Reason("catalogue", _DOUBTFUL, catalogue_evidence(row)[0])
        yield _Candidate(row.manufacturer_code, one.token, (reason,), row, one.maker, _DOUBTFUL)


def _points(number: str) -> int:
    return sum(sign in ".," for sign in canonical_key(number))


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


def _guess(candidate: _Candidate, tallest: float, board: bool) -> PartGuess:
    token, known = candidate.token, candidate.known
    kinds = {reason.kind: reason.weight for reason in candidate.reasons}
    shape = kinds.pop("shape", 0.0)
    confidence = min(combined(kinds.values(), most=_CERTAIN) if kinds else shape, candidate.at_most)
    confidence *= 0.92 if board else 1.0
    confidence *= 0.9 if token.line.height < tallest / 2 else 1.0
    confidence *= 0.85 if token.line.confidence < 0.8 else 1.0
    printed = print_evidence(token.line)
    others = [reason.evidence for reason in candidate.reasons if reason.evidence != printed]
    return PartGuess(
        manufacturer_code=candidate.code,
        manufacturer=(known and known.manufacturer) or (candidate.maker.name if candidate.maker else None),
        description=known.description if known else None,
        confidence=round(confidence, 3),
        evidence=(printed, *others),
    )


def worth_looking_up(token: Token) -> bool:
    """Tell whether the catalogue may list this word as a part number."""
    mixed = re.search("[A-Z]", token.key) and re.search("[0-9]", token.key)
    return (
        bool(mixed)
        and 4 <= len(token.key) <= 24
        and token.caption is not Caption.FOREIGN
        and not (is_designator(token) or is_net(token))
    )


def promise(token: Token) -> float:
    """Return the priority of looking a word up in the catalogue."""
    return likeness(token) * token.line.confidence + 0.3 * (token.caption in CAPTIONED) + token.line.height
