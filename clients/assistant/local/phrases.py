"""Finding phrases of a fixed list in free text, the longest first, so that an LED driver is not an LED."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W_]+(?:[.+][^\W_]+)*\+?")


class PhraseMatch[T](NamedTuple):
    """A found phrase: its value, its words in the text on one line, and its position."""

    value: T
    quote: str
    start: int


class _Phrase[T](NamedTuple):
    value: T
    words: tuple[str, ...]

    def fits(self, tokens: Iterable[str]) -> bool:
        """Tell whether the text has capitals where the phrase has them."""
        return all(
            not word.isupper() or token in {word, f"{word}s"} for word, token in zip(self.words, tokens, strict=True)
        )


class PhraseIndex[T]:
    """Phrases by their value; hyphens, case and a plural s do not matter, but words in capitals match only capitals."""

    def __init__(self, phrases: Mapping[T, Iterable[str]]) -> None:
        self._phrases: dict[tuple[str, ...], list[_Phrase[T]]] = {}
        for value, texts in phrases.items():
            for text in texts:
                words = tuple(_TOKEN.findall(text))
                self._phrases.setdefault(_key(words), []).append(_Phrase(value, words))
        self._longest = max(map(len, self._phrases), default=0)

    def find(self, text: str) -> Iterator[PhraseMatch[T]]:
        """Yield the phrases in the text from its start; they do not overlap."""
        tokens = list(_TOKEN.finditer(text))
        words = [token.group() for token in tokens]
        key = _key(words)
        at = 0
        while at < len(tokens):
            values, length = self._longest_at(words, key, at)
            start, end = tokens[at].start(), tokens[at + length - 1].end()
            yield from (PhraseMatch(value, " ".join(text[start:end].split()), start) for value in values)
            at += length

    def _longest_at(self, words: list[str], key: tuple[str, ...], at: int) -> tuple[list[T], int]:
        for end in range(min(at + self._longest, len(words)), at, -1):
            phrases = self._phrases.get(key[at:end], ())
            values = [phrase.value for phrase in phrases if phrase.fits(words[at:end])]
            if values:
                return values, end - at
        return [], 1


def phrase_key(text: str) -> tuple[str, ...]:
    """Return the words of a text in the form in which they are compared."""
    return _key(_TOKEN.findall(text))


def _key(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(_singular, words))


def _singular(word: str) -> str:
    lowered = word.lower()
    if lowered.endswith(("ches", "shes", "xes", "sses")):
        return lowered[:-2]
    return lowered[:-1] if len(lowered) > 3 and lowered.endswith("s") and not lowered.endswith("ss") else lowered
