"""Doubts about the part that was found: what else the photo shows that names another part, or is not understood."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.identification import AskReason, CatalogueEntry, PartGuess
from schemas.markings import Code, Distributor, DistributorLabel, Markings
from schemas.part_number import canonical_key
from services.identification.barcodes import fields_of, is_trade_format, parse_distributor_label
from services.identification.guesses import same_part, visible
from services.identification.likeness import likeness
from services.identification.tokens import Caption, Token, token_of_code, tokens_of

_OTHER_IDENTIFIER: Final = re.compile(r"(?:1T|3S|25S|1[0-4]?K|4L|9D|1[0-6]D|1[0-9]?V|1J|3N\d)")
"The data identifiers of lots, orders, dates and vendors, with which the words of linear codes begin."

_LIKELY: Final = 0.5
"The least likeness of a word to a part number that makes it a number which is not understood."
_LIKELY_ON_CHIP: Final = 0.4
_DISAGREES: Final = 0.45
"The least confidence in a printed number that disagrees with a label whose number is not printed."
_CLEAR: Final = 0.95
_TALL: Final = 0.6
"The least height of another number, as a share of the height of the one that was found."
_MAX_NAMED: Final = 3


class Doubt(NamedTuple):
    """The reason to ask, and the markings that are the cause, as they were read."""

    ask: AskReason
    others: tuple[str, ...]


def doubt_about(
    part: PartGuess,
    markings: Markings,
    labels: Sequence[DistributorLabel],
    printed: Sequence[PartGuess],
    rows: Mapping[str, CatalogueEntry],
) -> Doubt | None:
    """Return the doubt about a part that is sure otherwise, or None; `printed` are the guesses from print."""
    number = part.manufacturer_code
    seen = tokens_of(markings.lines)
    tokens = [token for token in seen if token.caption is not Caption.FOREIGN]
    label = next((each for each in labels if _names(each, number)), None)
    is_printed = any(_is_own(token, number) for token in tokens)
    disagree = list(_numbers_in_codes(markings, labels, number, rows))
    if label and not is_printed:
        disagree += [
            each.manufacturer_code
            for each in printed
            if each.confidence >= _DISAGREES and not same_part(each.manufacturer_code, number)
        ]
    if disagree:
        return Doubt(AskReason.CONTRADICTION, _few(disagree))
    is_chip = label is None and all(token.caption is Caption.NONE for token in seen)
    beside = [
        *_labels_beside(markings.codes, label),
        *_numbers_beside(tokens, number, captioned=label is not None, chip=is_chip),
    ]
    return Doubt(AskReason.NOT_UNDERSTOOD, _few(beside)) if beside else None


def is_lone(label: DistributorLabel) -> bool:
    """Tell whether a label holds a part number alone, so that nothing else on it can confirm the number."""
    return label == DistributorLabel(distributor=Distributor.UNKNOWN, manufacturer_code=label.manufacturer_code)


def _few(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(visible, names)))[:_MAX_NAMED]


def _names(label: DistributorLabel, number: str) -> bool:
    return label.manufacturer_code is not None and same_part(label.manufacturer_code, number)


def _numbers_in_codes(
    markings: Markings, labels: Sequence[DistributorLabel], number: str, rows: Mapping[str, CatalogueEntry]
) -> Iterator[str]:
    """Yield what labels and other codes name instead of the number; serial numbers in print are not meant."""
    yield from (label.manufacturer_code for label in labels if label.manufacturer_code and not _names(label, number))
    foreign = {token.key for token in tokens_of(markings.lines) if token.caption is Caption.FOREIGN}
    for code in markings.codes:
        fields = () if parse_distributor_label(code) else fields_of(code)
        if not any(same_part(field, number) for field in fields):
            yield from (field for field in fields if _is_number(field, foreign, rows))


def _is_number(field: str, foreign: Collection[str], rows: Mapping[str, CatalogueEntry]) -> bool:
    token = token_of_code(field)
    is_foreign = {token.key, token.key[1:]} & set(foreign) or _OTHER_IDENTIFIER.match(token.key)
    return token.key in rows or (not is_foreign and likeness(token) >= _LIKELY)


def _labels_beside(codes: Sequence[Code], label: DistributorLabel | None) -> Iterator[str]:
    """Yield codes of labels that name no number, and do not belong to the label that does."""
    if label is None or is_lone(label):
        return
    for code in codes:
        other = parse_distributor_label(code)
        if other is None or not other.manufacturer_code:
            belongs = other and _belongs(other, label)
            is_another = is_trade_format(code.text) if belongs is None else not belongs
            if is_another:
                yield visible(code.text)


def _belongs(other: DistributorLabel, label: DistributorLabel) -> bool | None:
    """Tell whether a code is of the same label; None when nothing tells."""
    compared = [
        getattr(other, name) == getattr(label, name)
        for name in ("supplier_code", "customer_code", "lot")
        if getattr(other, name) and getattr(label, name)
    ]
    return any(compared) if compared else None


def _numbers_beside(tokens: Sequence[Token], number: str, *, captioned: bool, chip: bool) -> Iterator[str]:
    """Yield clear numbers of about the same size as the one that was found, which nothing explains.

    Beside a label's code, its printer's own numbers are of no interest: only those `captioned` are meant.
    """
    own = [token.line.height for token in tokens if _is_own(token, number)]
    for token in tokens:
        if token.joined or _is_own(token, number) or not _is_likely(token, chip=chip):
            continue
        is_clear = token.line.confidence >= _CLEAR and token.line.height >= _TALL * max(own, default=0.0)
        if token.caption is not Caption.NONE or (is_clear and not captioned):
            yield token.text


def _is_own(token: Token, number: str) -> bool:
    """Tell whether a word is the number, or the number without letters at an end, such as 18B20 for DS18B20."""
    key = canonical_key(number)
    before, after = key.removesuffix(token.key), key.removeprefix(token.key)
    return (
        same_part(token.text, number)
        or (key.endswith(token.key) and before.isalpha())
        or (key.startswith(token.key) and after[0].isalpha())
    )


def _is_likely(token: Token, *, chip: bool) -> bool:
    """Tell whether a word is likely a number of a part; chips show less else that begins with letters."""
    like_chip = chip and likeness(token) >= _LIKELY_ON_CHIP and token.key[:2].isalpha()
    return like_chip or likeness(token) >= _LIKELY
