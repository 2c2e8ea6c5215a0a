"""Terms: the things that a part must have, each with other words for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.company import MANUFACTURERS
from schemas.packages import SAME_PACKAGES
from schemas.value import FoundValue, find_values
from schemas.vocabulary import VOCABULARY
from services.search.text import lexemes_of, words_of

MOST: Final = 12
_LONGEST_PHRASE: Final = 3
_SHORTEST_BEGINNING: Final = 2

type Words = tuple[str, ...]
type Stems = Mapping[str, str]


class Term(NamedTuple):
    """What was typed, and the alternatives that stand for it; of each alternative, all words must be there."""

    text: str
    alternatives: tuple[Words, ...]
    codes: Words = ()
    "lexemes of values, types and projects, which stand for it too"

    def whole(self) -> str:
        """Return the term as text for to_tsquery; its words have letters and digits alone."""
        return _any_of([_all_of(words) for words in self.alternatives], self.codes)

    def begun(self, stems: Stems) -> str:
        """Return the term as a text query, in which the beginning of a word is enough, or its stem."""
        begun = [_all_of([_begun(word, stems) for word in words]) for words in self.alternatives]
        return _any_of(begun, self.codes)

    @property
    def words(self) -> frozenset[str]:
        """All words that may stand for it."""
        return frozenset(word for words in self.alternatives for word in words)

    @property
    def lexemes(self) -> int:
        """The number of lexemes that are looked for."""
        return sum(map(len, self.alternatives)) + len(self.codes)


def all_of(terms: Iterable[str]) -> str:
    """Return the text query for all of some terms."""
    return " & ".join(terms)


def _any_of(alternatives: Sequence[str], codes: Words) -> str:
    return "(" + " | ".join((*alternatives, *codes)) + ")"


def _all_of(words: Sequence[str]) -> str:
    return "(" + " & ".join(words) + ")"


def _begun(word: str, stems: Stems) -> str:
    if len(word) < _SHORTEST_BEGINNING:
        return word
    stem = stems.get(word, word)
    return f"{word}:*" if word.startswith(stem) and len(stem) >= len(word) else f"({word}:* | {stem})"


def read_terms(text: str) -> tuple[Term, ...]:
    """Return the terms of a query, each once: values in any notation, phrases with other names, and single words."""
    terms: list[Term] = []
    end = 0
    for found in find_values(text):
        terms += _phrases(words_of(text[end : found.start]))
        terms.append(_value(found))
        end = found.start + len(found.text)
    terms += _phrases(words_of(text[end:]))
    return tuple(dict.fromkeys(terms))[:MOST]


def _value(found: FoundValue) -> Term:
    written = words_of(found.text)
    # 4.7 k as two words means little, 4k7 as one may be a part of a number.
    return Term(found.text, (written,) if len(written) == 1 else (), lexemes_of(found.value))


def _phrases(words: Words) -> Iterator[Term]:
    place = 0
    while place < len(words):
        longest = range(min(_LONGEST_PHRASE, len(words) - place), 0, -1)
        phrase = next(
            (words[place : place + length] for length in longest if _others(words[place : place + length])), ()
        )
        phrase = phrase or (words[place],)
        yield Term(" ".join(phrase), _needed((phrase, *_others(phrase))))
        place += len(phrase)


def _others(phrase: Words) -> tuple[Words, ...]:
    """Return other names of a package, a word with a hyphen or a company, each as its words."""
    text = " ".join(phrase)
    companies = tuple(words_of(name) for company in MANUFACTURERS.find(text) for name in company.names)
    return _SAME.get("".join(phrase), ()) or companies


def _needed(alternatives: Sequence[Words]) -> tuple[Words, ...]:
    """Return what was typed, and of the others those that are not found by fewer words anyway."""
    typed, *others = dict.fromkeys(alternatives)
    needed = (each for each in others if not any(set(less) < set(each) for less in alternatives))
    return typed, *needed


def _same_names() -> Mapping[str, tuple[Words, ...]]:
    """Return packages by each of their names, and words of the vocabulary with a hyphen, such as op-amp and opamp."""
    names: dict[str, tuple[Words, ...]] = {}
    groups = [*((tag,) for tag in VOCABULARY if len(words_of(tag)) > 1), *SAME_PACKAGES]
    for group in groups:
        spellings = tuple(form for name in group for form in (words_of(name), ("".join(words_of(name)),)))
        names |= {"".join(words_of(name)): spellings for name in group}
    return names


_SAME: Final = _same_names()
