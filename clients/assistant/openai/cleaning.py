"""Cleaning of a model's answers: content that was not requested, or cannot be true, is dropped."""

import re
from collections.abc import Iterable
from typing import Final

from clients.assistant.leads import usable_leads
from clients.assistant.openai.wire import WireDatasheets, WirePart, WireParts, WireTag, WireTags, WireType
from schemas.assistant import (
    DatasheetAnswer,
    DatasheetQuestion,
    IdentifyAnswer,
    PartText,
    TagAnswer,
    TagGuess,
    TagQuestion,
    TypeAnswer,
    TypeQuestion,
)
from schemas.datasheet import DatasheetLead
from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import PartGuess

_PART_NUMBER: Final = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 ._/+#(),:=&*-]{1,63}")
_LONGEST_TEXT: Final = 300
_MOST_PARTS: Final = 10


def clean_parts(wire: WireParts, model: str) -> IdentifyAnswer:
    """Return the guesses whose number looks like a part number, most confident first, each number once."""
    unique: dict[str, PartGuess] = {}
    for part in sorted(wire.parts, key=lambda part: -part.confidence):
        guess = _part(part, model)
        if _PART_NUMBER.fullmatch(guess.manufacturer_code):
            unique.setdefault(guess.manufacturer_code.upper(), guess)
    return IdentifyAnswer(guesses=tuple(unique.values())[:_MOST_PARTS])


def clean_datasheets(
    wire: WireDatasheets, question: DatasheetQuestion, *, model: str, known: Iterable[DatasheetLead]
) -> DatasheetAnswer:
    """Return the model's web addresses, then the known ones, within the question's limit."""
    leads = (DatasheetLead(url=url.strip(), source=f"model:{model}") for url in wire.urls)
    return DatasheetAnswer(leads=usable_leads((*leads, *known), question.limit))


def clean_tags(wire: WireTags, question: TagQuestion, model: str) -> TagAnswer:
    """Return the tags that are in the vocabulary, most confident first, each once."""
    words = {tag.lower(): tag for tag in question.vocabulary}
    unique: dict[str, TagGuess] = {}
    for guess in sorted(wire.tags, key=lambda guess: -guess.confidence):
        tag = words.get("-".join(guess.tag.lower().split()))
        if tag:
            evidence = (_evidence(guess, question.part, model),)
            unique.setdefault(tag, TagGuess(tag=tag, confidence=_share(guess.confidence), evidence=evidence))
    return TagAnswer(tags=tuple(unique.values())[: question.limit])


def clean_type(wire: WireType, question: TypeQuestion, model: str) -> TypeAnswer:
    """Return the type if the question listed it."""
    names = {name.lower(): name for name in question.types}
    name = names.get((wire.type_name or "").strip().lower())
    if name is None:
        return TypeAnswer()
    evidence = (_evidence(wire, question.part, model),)
    return TypeAnswer(type_name=name, confidence=_share(wire.confidence), evidence=evidence)


def _part(part: WirePart, model: str) -> PartGuess:
    code = " ".join(part.manufacturer_code.split())
    return PartGuess(
        manufacturer_code=code,
        manufacturer=_line(part.manufacturer),
        description=_line(part.description),
        confidence=_share(part.confidence),
        evidence=(Evidence(kind=EvidenceKind.MODEL, quote=_line(part.quote) or code, source=model),),
    )


def _evidence(claim: WireTag | WireType, part: PartText, model: str) -> Evidence:
    """Return the quoted words with their page if the page contains them, else the model alone as the source."""
    quote = _line(claim.quote) or ""
    for page, text in enumerate(part.datasheet, start=1):
        if quote and claim.page in {page, None} and _folded(quote) in _folded(text):
            return Evidence(kind=EvidenceKind.DATASHEET, quote=quote, page=page, source=model)
    known = _folded(f"{part.description or ''} {part.keywords or ''}")
    if quote and _folded(quote) in known:
        return Evidence(kind=EvidenceKind.CATALOGUE, quote=quote, source=model)
    return Evidence(kind=EvidenceKind.MODEL, quote=part.manufacturer_code, source=model)


def _share(confidence: float) -> float:
    return min(max(confidence, 0.0), 1.0)


def _line(text: str | None) -> str | None:
    """Return a text as one line of printable characters, cut to the limit."""
    printable = "".join(character if character.isprintable() else " " for character in text or "")
    return " ".join(printable.split())[:_LONGEST_TEXT] or None


def _folded(text: str) -> str:
    return " ".join(text.lower().split())
