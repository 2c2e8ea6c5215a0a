"""Choosing tags by rule: from the number's family, and from the vocabulary's words in the part's texts."""

from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from math import prod
from typing import Final, NamedTuple

from clients.assistant.local.clauses import clauses
from clients.assistant.local.phrases import PhraseIndex
from clients.assistant.local.rules import load_rules
from clients.assistant.local.types import suggest_type
from clients.assistant.local.written import number_evidence, written_of
from schemas.assistant import PartText, TagAnswer, TagGuess, TagQuestion, TypeQuestion
from schemas.evidence import Evidence, EvidenceKind
from schemas.vocabulary import DEFAULT_TYPES, TAG_GROUPS, TagGroup

_MENTIONS: Final = 4
"""The mentions of an interface on the first pages that prove that the part has it."""
_INTERFACES: Final = TAG_GROUPS[TagGroup.INTERFACE]
_FUNCTIONS: Final = TAG_GROUPS[TagGroup.FUNCTION]
_SYNONYMS: Final = {tag: phrases for group in TAG_GROUPS.values() for tag, phrases in group.items()}


class _Clue(NamedTuple):
    tag: str
    confidence: float
    evidence: Evidence


def suggest_tags(question: TagQuestion) -> TagAnswer:
    """Return the tags with evidence; several sources that agree raise the confidence."""
    index = _index_of(question.vocabulary)
    clues: dict[str, list[_Clue]] = {}
    kind = suggest_type(TypeQuestion(part=question.part, types=DEFAULT_TYPES)).type_name
    for clue in (*_family(question.part), *_words(question.part, index), *_body(question.part, index)):
        if clue.tag in question.vocabulary and clue.tag not in _foreign_to(kind):
            clues.setdefault(clue.tag, []).append(clue)
    guesses = [_guess(tag, found) for tag, found in clues.items()]
    return TagAnswer(tags=tuple(sorted(guesses, key=lambda guess: (-guess.confidence, guess.tag))[: question.limit]))


def _guess(tag: str, clues: list[_Clue]) -> TagGuess:
    doubt = prod(1 - clue.confidence for clue in clues)
    evidence = tuple(clue.evidence for clue in clues)
    return TagGuess(tag=tag, confidence=min(round(1 - doubt, 3), 0.99), evidence=evidence)


def _family(part: PartText) -> Iterator[_Clue]:
    family = load_rules().family_of(part.manufacturer_code)
    yield from (_Clue(tag, 0.95, number_evidence(part)) for tag in (family.tags if family else ()))


def _words(part: PartText, index: PhraseIndex[str]) -> Iterator[_Clue]:
    for written in written_of(part):
        for tag, quote in _tags_in(written.text, index).items():
            yield _Clue(tag, written.confidence, written.evidence(quote))


def _tags_in(text: str, index: PhraseIndex[str]) -> dict[str, str]:
    """Return each tag with its words; a feature or a use of a part ("with", "for") is not its function."""
    tags: dict[str, str] = {}
    for clause in clauses(text):
        for found in index.find(clause.text):
            if not (clause.subordinate and found.value in _FUNCTIONS):
                tags.setdefault(found.value, found.quote)
    return tags


def _body(part: PartText, index: PhraseIndex[str]) -> Iterator[_Clue]:
    """Yield interfaces only, because running text mentions all other tags for other parts too."""
    mentions = [
        (found.value, found.quote, page)
        for page, text in enumerate(part.datasheet, start=1)
        for found in index.find(text)
    ]
    counts = Counter(tag for tag, _, _ in mentions)
    first = {tag: (quote, page) for tag, quote, page in reversed(mentions)}
    for tag, count in counts.items():
        if tag in _INTERFACES and count >= _MENTIONS:
            quote, page = first[tag]
            yield _Clue(tag, 0.6, Evidence(kind=EvidenceKind.DATASHEET, quote=quote, page=page))


@cache
def _foreign_to(type_name: str | None) -> frozenset[str]:
    """Return the tags that belong to other types and not to this one."""
    own = {rule.name: frozenset(rule.tags) for rule in load_rules().types}
    known = own.get(type_name or "")
    return frozenset().union(*own.values()) - known if known else frozenset()


@lru_cache(maxsize=16)
def _index_of(vocabulary: tuple[str, ...]) -> PhraseIndex[str]:
    return PhraseIndex({tag: _SYNONYMS.get(tag, (tag,)) for tag in vocabulary})
