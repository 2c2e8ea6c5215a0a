"""Choosing tags by rule: the number's family, and the vocabulary's words in what is written of the part."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from math import prod
from typing import Final, NamedTuple

from clients.assistant.clauses import clauses
from clients.assistant.local_types import suggest_type
from clients.assistant.phrases import PhraseIndex
from clients.assistant.rules import load_rules
from schemas.assistant import PartText, TagAnswer, TagGuess, TagQuestion, TypeQuestion
from schemas.evidence import Evidence, EvidenceKind
from schemas.vocabulary import DEFAULT_TYPES, TAG_GROUPS, TagGroup

_TITLE_LENGTH: Final = 300
_MENTIONS: Final = 4
"""How often the first pages must name an interface before the part is taken to have it."""
_INTERFACES: Final = TAG_GROUPS[TagGroup.INTERFACE]
_FUNCTIONS: Final = TAG_GROUPS[TagGroup.FUNCTION]
_SYNONYMS: Final = {tag: phrases for group in TAG_GROUPS.values() for tag, phrases in group.items()}


class _Clue(NamedTuple):
    tag: str
    confidence: float
    evidence: Evidence


def suggest_tags(question: TagQuestion) -> TagAnswer:
    """Return the tags that something speaks for; several sources that agree are surer than one."""
    index = _index_of(question.vocabulary)
    clues: dict[str, list[_Clue]] = {}
    foreign = _foreign_tags(question.part)
    for clue in (*_family(question.part), *_words(question.part, index), *_body(question.part, index)):
        if clue.tag in question.vocabulary and clue.tag not in foreign:
            clues.setdefault(clue.tag, []).append(clue)
    guesses = [_guess(tag, found) for tag, found in clues.items()]
    return TagAnswer(tags=tuple(sorted(guesses, key=lambda guess: (-guess.confidence, guess.tag))[: question.limit]))


def _guess(tag: str, clues: list[_Clue]) -> TagGuess:
    doubt = prod(1 - clue.confidence for clue in clues)
    evidence = tuple(clue.evidence for clue in clues)
    return TagGuess(tag=tag, confidence=min(round(1 - doubt, 3), 0.99), evidence=evidence)


def _family(part: PartText) -> Iterator[_Clue]:
    family = load_rules().family_of(part.manufacturer_code)
    evidence = Evidence(kind=EvidenceKind.RULE, quote=part.manufacturer_code, source="number family")
    yield from (_Clue(tag, 0.95, evidence) for tag in (family.tags if family else ()))


def _words(part: PartText, index: PhraseIndex[str]) -> Iterator[_Clue]:
    title = part.datasheet[0][:_TITLE_LENGTH] if part.datasheet else None
    sources = (
        (part.description, 0.9, EvidenceKind.CATALOGUE, "description", None),
        (part.keywords, 0.85, EvidenceKind.CATALOGUE, "keywords", None),
        (title, 0.8, EvidenceKind.DATASHEET, None, 1),
    )
    for text, confidence, kind, source, page in sources:
        for tag, quote in _tags_in(text or "", index).items():
            yield _Clue(tag, confidence, Evidence(kind=kind, quote=quote, source=source, page=page))


def _tags_in(text: str, index: PhraseIndex[str]) -> dict[str, str]:
    """Return each tag with its words; what a part merely has or serves ("with", "for") is not its function."""
    tags: dict[str, str] = {}
    for clause in clauses(text):
        for found in index.find(clause.text):
            if not (clause.subordinate and found.value in _FUNCTIONS):
                tags.setdefault(found.value, found.quote)
    return tags


def _body(part: PartText, index: PhraseIndex[str]) -> Iterator[_Clue]:
    """Only interfaces are read off running text: everything else is mentioned there of other parts too."""
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


def _foreign_tags(part: PartText) -> frozenset[str]:
    """Return the tags that stand with other types than the part's, and not with its own."""
    rules = load_rules().types
    kind = suggest_type(TypeQuestion(part=part, types=DEFAULT_TYPES)).type_name
    own = next((rule.tags for rule in rules if rule.name == kind and rule.tags), None)
    return frozenset(tag for rule in rules for tag in rule.tags if tag not in own) if own else frozenset()


@lru_cache(maxsize=16)
def _index_of(vocabulary: tuple[str, ...]) -> PhraseIndex[str]:
    return PhraseIndex({tag: _SYNONYMS.get(tag, (tag,)) for tag in vocabulary})
