"""Choosing one of the user's types by rule: from the number's family, and from the main noun of a description."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from clients.assistant.local.clauses import clauses
from clients.assistant.local.phrases import PhraseIndex, PhraseMatch, phrase_key
from clients.assistant.local.rules import TypeRule, load_rules
from clients.assistant.local.written import number_evidence, written_of
from schemas.assistant import PartText, TypeAnswer, TypeQuestion
from schemas.evidence import Evidence

_AGREED: Final = 0.97


class _Clue(NamedTuple):
    type_name: str | None
    confidence: float
    evidence: Evidence
    contested: float = 0.5
    "the confidence when the other clue contradicts it"
    weight: int = 1


class _Phrases(NamedTuple):
    names: Mapping[str, str]
    known: PhraseIndex[str | None]


def suggest_type(question: TypeQuestion) -> TypeAnswer:
    """Return the type that number and words agree on; if they disagree, one of the two with low confidence."""
    rules = _phrases_for(question.types)
    number, words = _number_clue(question.part, rules), next(_word_clues(question.part, rules), None)
    clues = [clue for clue in (number, words) if clue]
    best = max(clues, key=lambda clue: clue.weight, default=None)
    if best is None or best.type_name is None:
        return TypeAnswer()
    backers = [clue for clue in clues if clue.type_name == best.type_name]
    alone = best.confidence if len(clues) == 1 else best.contested
    return TypeAnswer(
        type_name=best.type_name,
        confidence=_AGREED if len(backers) > 1 else alone,
        evidence=tuple(clue.evidence for clue in backers),
    )


def _number_clue(part: PartText, rules: _Phrases) -> _Clue | None:
    family = load_rules().family_of(part.manufacturer_code)
    if family is None:
        return None
    name, evidence = rules.names.get(family.type), number_evidence(part)
    if family.decisive:
        return _Clue(name, 0.9, evidence, contested=0.86, weight=2)
    return _Clue(name, 0.86, evidence, contested=0.5, weight=0)


def _word_clues(part: PartText, rules: _Phrases) -> Iterator[_Clue]:
    for written in written_of(part):
        found = _head_noun(written.text, rules.known)
        if found:
            yield _Clue(found.value, written.confidence, written.evidence(found.quote))


def _head_noun(text: str, known: PhraseIndex[str | None]) -> PhraseMatch[str | None] | None:
    """Return the last known noun of the first clause that has one, since a transistor array is an array.

    A phrase of several words outranks a single word after it: "7 segment red LED" is about the segments.
    """
    for clause in sorted(clauses(text), key=lambda clause: clause.subordinate):
        found = list(known.find(clause.text))
        if found:
            return max(found, key=lambda one: (len(phrase_key(one.quote)) > 1, one.start))
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
