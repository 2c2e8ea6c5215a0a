"""Choosing one of the user's types by rule: the number's family, and the noun that a description is about."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from clients.assistant.clauses import clauses
from clients.assistant.phrases import PhraseIndex, phrase_key
from clients.assistant.rules import TypeRule, load_rules
from schemas.assistant import PartText, TypeAnswer, TypeQuestion
from schemas.evidence import Evidence, EvidenceKind

_TITLE_LENGTH: Final = 300
_AGREED: Final = 0.97


class _Clue(NamedTuple):
    type_name: str | None
    confidence: float
    evidence: Evidence
    contested: float = 0.5
    "the confidence when the other clue says otherwise"
    weight: int = 1


class _Phrases(NamedTuple):
    names: Mapping[str, str]
    known: PhraseIndex[str | None]


def suggest_type(question: TypeQuestion) -> TypeAnswer:
    """Return the type that number and words agree on; where they do not, one of the two, and hardly sure."""
    rules = _phrases_for(question.types)
    number, words = _number_clue(question.part, rules), next(_word_clues(question.part, rules), None)
    clues = [clue for clue in (number, words) if clue]
    if not clues:
        return TypeAnswer()
    best = max(clues, key=lambda clue: clue.weight)
    backers = [clue for clue in clues if clue.type_name == best.type_name]
    if best.type_name is None:
        return TypeAnswer()
    confidence = _AGREED if len(backers) > 1 else best.confidence if len(clues) == 1 else best.contested
    return TypeAnswer(
        type_name=best.type_name, confidence=confidence, evidence=tuple(clue.evidence for clue in backers)
    )


def _number_clue(part: PartText, rules: _Phrases) -> _Clue | None:
    family = load_rules().family_of(part.manufacturer_code)
    if family is None:
        return None
    evidence = Evidence(kind=EvidenceKind.RULE, quote=part.manufacturer_code, source="number family")
    type_name = rules.names.get(family.type)
    return _Clue(type_name, 0.9, evidence, 0.86, 2) if family.decisive else _Clue(type_name, 0.86, evidence, 0.5, 0)


def _word_clues(part: PartText, rules: _Phrases) -> Iterator[_Clue]:
    title = part.datasheet[0][:_TITLE_LENGTH] if part.datasheet else None
    sources = (
        (part.description, 0.9, EvidenceKind.CATALOGUE, "description", None),
        (part.keywords, 0.8, EvidenceKind.CATALOGUE, "keywords", None),
        (title, 0.7, EvidenceKind.DATASHEET, None, 1),
    )
    for text, confidence, kind, source, page in sources:
        found = _head_noun(text or "", rules.known)
        if found:
            yield _Clue(found[0], confidence, Evidence(kind=kind, quote=found[1], source=source, page=page))


def _head_noun(text: str, known: PhraseIndex[str | None]) -> tuple[str | None, str] | None:
    """Return the last known noun of the first clause that has one, as "transistor array" is about an array."""
    for clause in sorted(clauses(text), key=lambda clause: clause.subordinate):
        found = list(known.find(clause.text))
        if found:
            last = max(found, key=lambda one: (" " in one.quote or "-" in one.quote, one.start))
            return last.value, last.quote
    return None


@lru_cache(maxsize=16)
def _phrases_for(types: tuple[str, ...]) -> _Phrases:
    rules = load_rules().types
    wanted = {phrase_key(name): name for name in types}
    names = {rule.name: found for rule in rules if (found := _name_for(rule, wanted))}
    phrases: dict[str | None, list[str]] = {name: [name] for name in types if name not in names.values()}
    for rule in rules:
        phrases.setdefault(names.get(rule.name), []).extend(rule.phrases)
    return _Phrases(names, PhraseIndex(phrases))


def _name_for(rule: TypeRule, wanted: Mapping[tuple[str, ...], str]) -> str | None:
    names = (rule.name, *rule.aliases, *rule.broader)
    return next((wanted[key] for key in map(phrase_key, names) if key in wanted), None)
