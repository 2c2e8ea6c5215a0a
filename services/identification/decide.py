"""The decision on the part of a photo: by machine code, then by print against the catalogue, rules and the model."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final

from schemas.assistant import IdentifyAnswer
from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import AskReason, CatalogueEntry, Identification, PartGuess
from schemas.markings import Code, Distributor, DistributorLabel, Markings
from schemas.part_number import code_key
from services.identification.guesses import best_first, catalogue_evidence, combined, same_part, visible
from services.identification.printed import guesses_from_print, makers_named, promise, worth_looking_up
from services.identification.tokens import families, spellings, tokens_of

_MAX_CODES: Final = 60
_MAX_GUESSES: Final = 5
_SURE: Final = 0.99
_LONE_CODE: Final = 0.9


def candidate_codes(markings: Markings, labels: Sequence[DistributorLabel]) -> tuple[str, ...]:
    """Return at most 60 keys to look up in the catalogue, the most promising first."""
    labelled = [label.manufacturer_code for label in labels if label.manufacturer_code]
    keys = [key for code in labelled for key in (code_key(code), *families(code))]
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

    A label's code decides alone. Print needs a second source: the catalogue, another code, or the maker's name beside
    a number with a prefix of that maker. Text that only looks like a part number is only proposed, and so is a guess
    of the model alone; both together may be enough.
    """
    rows = _by_key(catalogue)
    label = _merged(labels)
    guesses = _from_labels(labels, markings.codes, rows) or guesses_from_print(markings, rows)
    verdict = _verdict(_with_model(guesses, model), accept_confidence)
    if verdict.part and model and _contradicts(model, verdict.part):
        verdict = verdict.model_copy(update={"part": None, "ask": AskReason.CONTRADICTION})
    elif verdict.ask is AskReason.UNSURE and model and guesses and guesses[0].confidence >= 0.6:
        contradicted = _contradicts(model, guesses[0])
        verdict = verdict.model_copy(update={"ask": AskReason.CONTRADICTION}) if contradicted else verdict
    return verdict if verdict.ask is AskReason.SEVERAL_PARTS else verdict.model_copy(update=label)


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


def _by_key(catalogue: Sequence[CatalogueEntry]) -> Mapping[str, CatalogueEntry]:
    return {code_key(row.manufacturer_code): row for row in reversed(catalogue)}


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
    labels: Sequence[DistributorLabel], codes: Sequence[Code], rows: Mapping[str, CatalogueEntry]
) -> tuple[PartGuess, ...]:
    guesses: dict[str, PartGuess] = {}
    for label in labels:
        mpn = label.manufacturer_code
        if not mpn:
            continue
        known = next((rows[key] for key in (code_key(mpn), *families(mpn)) if key in rows), None)
        lone = label == DistributorLabel(distributor=Distributor.UNKNOWN, manufacturer_code=mpn)
        quote = next((visible(code.text) for code in codes if mpn in code.text), mpn)
        guess = PartGuess(
            manufacturer_code=mpn,
            manufacturer=label.manufacturer or (known.manufacturer if known else None),
            description=known.description if known else None,
            confidence=combined([_LONE_CODE if lone else _SURE, 0.5 if known else 0.0], most=0.995),
            evidence=(Evidence(kind=EvidenceKind.BARCODE, quote=quote), *catalogue_evidence(known)),
        )
        guesses[code_key(mpn)] = max(guess, guesses.get(code_key(mpn), guess), key=lambda one: one.confidence)
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
    same_length = len(code_key(guess.manufacturer_code)) == len(code_key(second.manufacturer_code))
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
