"""The decision on the part of a photo: by machine code, then by print against the catalogue, rules and the model."""

import re
from collections.abc import Mapping, Sequence
from itertools import chain, islice, zip_longest
from typing import Final

from schemas.assistant import IdentifyAnswer
from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import AskReason, CatalogueEntry, Identification, PartGuess
from schemas.markings import Distributor, DistributorLabel, Markings
from schemas.part_number import canonical_key
from services.identification.barcodes import fields_of
from services.identification.doubts import doubt_about, is_lone
from services.identification.guesses import best_first, catalogue_evidence, code_evidence, combined, same_part
from services.identification.plausible import has_digit
from services.identification.printed import guesses_from_print, promise, worth_looking_up
from services.identification.reasons import makers_named
from services.identification.spellings import families, spellings
from services.identification.tokens import Caption, token_of_code, tokens_of

_MAX_CODES: Final = 60
_MAX_FIELDS: Final = 12
_MAX_GUESSES: Final = 5
_SURE: Final = 0.99
_UNSURE: Final = 0.6
"The confidence in a number of a label that nothing confirms: a lone code, or a word without a digit."
_IDENTIFIER: Final = re.compile(r"(?:1?K|1T|30P|P)(?=\S{4})")
"The data identifiers of orders, lots and the numbers of sellers and customers."
_CONFIRMED: Final = 0.9
_UNCLEAR: Final = frozenset({AskReason.SEVERAL_PARTS, AskReason.NOT_UNDERSTOOD, AskReason.CONTRADICTION})
"The reasons to ask that leave open which part the other fields of a label belong to."


def candidate_codes(markings: Markings, labels: Sequence[DistributorLabel]) -> tuple[str, ...]:
    """Return at most 60 keys to look up in the catalogue, the most promising first."""
    labelled = [label.manufacturer_code for label in labels if label.manufacturer_code]
    keys = [key for code in labelled for key in (canonical_key(code), *families(code))]
    coded = map(token_of_code, chain.from_iterable(map(fields_of, markings.codes)))
    keys += [token.key for token in islice(filter(worth_looking_up, coded), _MAX_FIELDS)]
    makers = makers_named(markings)
    worth = sorted(filter(worth_looking_up, tokens_of(markings.lines)), key=promise, reverse=True)
    spelt = [[key for key, _ in spellings(token, makers)] for token in worth]
    # Each word's own spelling comes before the second spelling of any word.
    keys += [key for row in zip_longest(*spelt) for key in row if key]
    return tuple(dict.fromkeys(keys))[:_MAX_CODES]


def decide(
    markings: Markings,
    labels: Sequence[DistributorLabel],
    catalogue: Sequence[CatalogueEntry],
    model: IdentifyAnswer | None,
    *,
    accept_confidence: float,
) -> Identification:
    """Decide on the part when the confidence is high enough, else ask a person, with guesses to choose from.

    A label's code decides, unless the print says something else. Print needs a second source: the catalogue, another
    code, or the maker's name beside a number with a prefix of that maker. Text that only looks like a part number is
    only proposed, and so is a guess of the model alone; both together may be enough. What else the photo shows, and is
    not understood, is always asked about.
    """
    rows = _by_key(catalogue)
    label = _merged(labels)
    labelled = _from_labels(labels, markings, rows)
    foreign = _other_fields(markings, labelled)
    printed = [
        guess
        for guess in guesses_from_print(markings, rows)
        if not _is_piece(guess, labelled) and canonical_key(guess.manufacturer_code) not in foreign
    ]
    guesses = best_first([*labelled, *printed])
    verdict = _verdict(_with_model(guesses, model), accept_confidence)
    if verdict.part and (doubt := doubt_about(verdict.part, markings, labels, printed, rows)):
        verdict = verdict.model_copy(update={"part": None, **doubt._asdict()})
    if verdict.part and model and _contradicts(model, verdict.part):
        verdict = verdict.model_copy(update={"part": None, "ask": AskReason.CONTRADICTION})
    elif verdict.ask is AskReason.UNSURE and model and guesses and guesses[0].confidence >= 0.6:
        contradicted = _contradicts(model, guesses[0])
        verdict = verdict.model_copy(update={"ask": AskReason.CONTRADICTION}) if contradicted else verdict
    return verdict if verdict.ask in _UNCLEAR else verdict.model_copy(update=label)


def _verdict(guesses: Sequence[PartGuess], accept_from: float) -> Identification:
    offered = tuple(guesses[:_MAX_GUESSES])
    if not guesses:
        return Identification(ask=AskReason.NOTHING_READ)
    best = guesses[0]
    if best.confidence < accept_from:
        return Identification(ask=AskReason.UNSURE, guesses=offered)
    if any(guess.confidence >= accept_from - 0.1 for guess in guesses[1:]):
        return Identification(ask=AskReason.SEVERAL_PARTS, guesses=offered)
    return Identification(part=best, guesses=offered)


def _is_piece(guess: PartGuess, labelled: Sequence[PartGuess]) -> bool:
    """Tell whether print shows no more than a word of a label's number, such as the middle of CE JMK212 BJ476MG-T."""
    piece = canonical_key(guess.manufacturer_code)
    return any(
        piece in whole and piece != whole for whole in (canonical_key(one.manufacturer_code) for one in labelled)
    )


def _other_fields(markings: Markings, labelled: Sequence[PartGuess]) -> frozenset[str]:
    """Return the orders, lots and sellers' numbers in the labels' codes; their print is not a part number."""
    if not labelled:
        return frozenset()
    fields = chain.from_iterable(map(fields_of, markings.codes))
    bare = {canonical_key(_IDENTIFIER.sub("", field)) for field in fields if _IDENTIFIER.match(field)}
    return frozenset(bare - {canonical_key(guess.manufacturer_code) for guess in labelled})


def _by_key(catalogue: Sequence[CatalogueEntry]) -> Mapping[str, CatalogueEntry]:
    return {canonical_key(row.manufacturer_code): row for row in reversed(catalogue)}


def _merged(labels: Sequence[DistributorLabel]) -> dict[str, object]:
    """Return the labels' other fields than the part; a value on which they disagree is left out."""
    quantities = {label.quantity for label in labels if label.quantity}
    suppliers = {label.supplier_code for label in labels if label.supplier_code}
    sellers = {label.distributor for label in labels} - {Distributor.UNKNOWN}
    return {
        "quantity": quantities.pop() if len(quantities) == 1 else None,
        "supplier_code": suppliers.pop() if len(suppliers) == 1 else None,
        "distributor": sellers.pop().value if len(sellers) == 1 else None,
    }


def _from_labels(
    labels: Sequence[DistributorLabel], markings: Markings, rows: Mapping[str, CatalogueEntry]
) -> tuple[PartGuess, ...]:
    guesses: dict[str, PartGuess] = {}
    printed = {token.key for token in tokens_of(markings.lines) if token.caption is not Caption.FOREIGN}
    for label in labels:
        mpn = label.manufacturer_code
        if not mpn:
            continue
        known = next((rows[key] for key in (canonical_key(mpn), *families(mpn)) if key in rows), None)
        confirmed = _CONFIRMED if canonical_key(mpn) in printed else _UNSURE
        sure = confirmed if is_lone(label) or not has_digit(mpn) else _SURE
        spelt = next((code_evidence(code) for code in markings.codes if mpn in code.text), None)
        guess = PartGuess(
            manufacturer_code=mpn,
            manufacturer=label.manufacturer or (known.manufacturer if known else None),
            description=known.description if known else None,
            quantity=label.quantity,
            confidence=combined([sure, 0.5 if known else 0.0], most=0.995),
            evidence=(spelt or Evidence(kind=EvidenceKind.BARCODE, quote=mpn), *catalogue_evidence(known)),
        )
        guesses[canonical_key(mpn)] = max(guess, guesses.get(canonical_key(mpn), guess), key=lambda one: one.confidence)
    return best_first(guesses.values())


def _with_model(guesses: Sequence[PartGuess], model: IdentifyAnswer | None) -> tuple[PartGuess, ...]:
    if not model or not model.guesses:
        return tuple(guesses)
    joint = []
    for guess in guesses:
        seconds = [one for one in model.guesses if same_part(one.manufacturer_code, guess.manufacturer_code)]
        joint.append(_agreed(guess, seconds[0]) if seconds else guess)
    alone = [one.model_copy(update={"confidence": min(0.8, one.confidence)}) for one in model.guesses]
    return best_first([*joint, *alone])


def _agreed(guess: PartGuess, second: PartGuess) -> PartGuess:
    same_length = len(canonical_key(guess.manufacturer_code)) == len(canonical_key(second.manufacturer_code))
    return guess.model_copy(
        update={
            # The model knows the usual spelling, and the print shows the length of this number.
            "manufacturer_code": (second if same_length else guess).manufacturer_code,
            "manufacturer": guess.manufacturer or second.manufacturer,
            "description": guess.description or second.description,
            "confidence": round(combined([max(guess.confidence, 0.5), 0.8 * second.confidence], most=0.97), 3),
            "evidence": (*guess.evidence, *second.evidence),
        }
    )


def _contradicts(model: IdentifyAnswer, part: PartGuess) -> bool:
    sure = [guess for guess in model.guesses if guess.confidence >= 0.8]
    return bool(sure) and not any(same_part(one.manufacturer_code, part.manufacturer_code) for one in model.guesses)
