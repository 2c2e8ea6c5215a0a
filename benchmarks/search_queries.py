"""Questions to a search box, with the parts that are right, made from rows by a seed."""

import random
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from benchmarks.search_rows import Row, letters
from schemas.value import Unit, Value

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_ALIKE: Final = {
    "O": "0",
    "0": "O",
    "I": "1L",
    "L": "1I",
    "1": "IL",
    "8": "B",
    "B": "8",
    "5": "S",
    "S": "5",
    "2": "Z",
    "Z": "2",
}
_FOLD: Final = str.maketrans("ODILBSZV", "0011852U")
_STOP: Final = frozenset({"the", "and", "for", "with", "low", "high", "dual", "quad", "single", "output", "input"})
HOSTILE: Final = (
    "%" * 200, "_" * 200, "'; DROP TABLE parts; --", "\\" * 50, "a' & | ! ( ) <-> :*", "((((((((", "x" * 10_000,
    "a " * 5000,
    "LM358 " * 1500, "日本語 部品", "🤖" * 300, "0" * 300, "a:b:c:* & d", "%a%b%c%d%", "9" * 18 + "k", "and or not",
    "a b c d e f g h i j k l", "1 2 3 4 5 6 7 8 9", "e" * 40, "1N" * 20, "resistor resistor smd 1 0603 ohm", "res smd",
    "r c l",
)  # fmt: skip


class Question(NamedTuple):
    """What is typed, the letters of all parts that are right (None: nobody says), and the kind of question."""

    text: str
    expected: tuple[str, ...] | None
    kind: str


class Questions:
    """Makes questions about rows; row n has the letters n."""

    def __init__(self, rows: Sequence[Row], *, seed: int, per_kind: int) -> None:
        self._chance = random.Random(seed)
        self._per_kind = per_kind
        self._rows = list(enumerate(rows))
        self._keys = sorted((row.key, number) for number, row in self._rows)
        self._known = {key for key, _ in self._keys}
        self._folded = _grouped((key.translate(_FOLD), letters(number)) for key, number in self._keys)
        self._numbered = [(number, row) for number, row in self._rows if 5 <= len(row.key) <= 30]
        self._described: Mapping[str, list[str]] = _grouped((row.description, letters(n)) for n, row in self._rows)
        self._values = _grouped(((row.value, row.size), letters(n)) for n, row in self._rows if row.value)

    def all(self) -> list[Question]:
        """Return the questions of all kinds, in turn."""
        kinds = (
            self._letters, self._exact, self._beginning, self._misread, self._one_slip, self._two_slips, self._value,
            self._words, self._misspelt, self._two_letters, self._nothing, self._hostile,
        )  # fmt: skip
        return [question for kind in kinds for question in _some(kind(), self._per_kind)]

    def _letters(self) -> Iterator[Question]:
        while True:
            number, _ = self._chance.choice(self._rows)
            yield Question(self._chance.choice((str.lower, str.upper))(letters(number)), (letters(number),), "id4")

    def _exact(self) -> Iterator[Question]:
        while True:
            number, row = self._chance.choice(self._numbered)
            forms = (row.number, row.number.lower(), row.key, re.sub(r"(?<=[A-Za-z])(?=\d)", " ", row.number, count=1))
            yield Question(self._chance.choice(forms), (letters(number),), "exact")

    def _beginning(self) -> Iterator[Question]:
        while True:
            _, row = self._chance.choice(self._numbered)
            begun = row.key[: max(4, int(len(row.key) * self._chance.uniform(0.5, 0.8)))]
            found = self._keys[bisect_left(self._keys, (begun, -1)) : bisect_left(self._keys, (f"{begun}~", -1))]
            # A number alone is that of a box.
            if not begun.isdigit():
                yield Question(begun.lower(), tuple(letters(number) for _, number in found), "prefix")

    def _misread(self) -> Iterator[Question]:
        while True:
            _, row = self._chance.choice(self._numbered)
            places = [place for place, character in enumerate(row.key) if character in _ALIKE]
            text = list(row.key)
            for place in self._chance.sample(places, min(len(places), self._chance.choice((1, 1, 2)))):
                text[place] = self._chance.choice(_ALIKE[text[place]])
            if places and (read := "".join(text)) not in self._known:
                yield Question(read, tuple(self._folded[row.key.translate(_FOLD)]), "misread")

    def _one_slip(self) -> Iterator[Question]:
        return self._slips(1, shortest=5, kind="one slip")

    def _two_slips(self) -> Iterator[Question]:
        return self._slips(2, shortest=8, kind="two slips")

    def _slips(self, slips: int, *, shortest: int, kind: str) -> Iterator[Question]:
        while True:
            number, row = self._chance.choice(self._numbered)
            text = row.key
            for _ in range(slips):
                text = slipped(text, self._chance)
            if len(row.key) >= shortest and len(text) >= 4 and text.translate(_FOLD) not in self._folded:
                yield Question(text, (letters(number),), kind)

    def _value(self) -> Iterator[Question]:
        values = sorted(self._values, key=str)
        while True:
            value, size = self._chance.choice(values)
            written = self._chance.choice(notations(value))
            text = f"{written} {size}" if self._chance.random() < 0.7 else f"{size} {written}"
            yield Question(text, tuple(self._values[value, size]), "value")

    def _words(self) -> Iterator[Question]:
        while True:
            words, right = self._some_words(least=3)
            taken = self._chance.sample(words, self._chance.choice((3, 4)) if len(words) > 3 else 3)
            yield Question(" ".join(taken), right, "words")

    def _misspelt(self) -> Iterator[Question]:
        while True:
            words, right = self._some_words(least=5)
            taken = self._chance.sample(words, 3)
            taken[0] = slipped(taken[0].upper(), self._chance).lower()
            yield Question(" ".join(taken), right, "misspelt word")

    def _some_words(self, *, least: int) -> tuple[list[str], tuple[str, ...]]:
        while True:
            _, row = self._chance.choice(self._rows)
            found = re.findall(rf"(?<![a-z0-9])[a-z]{{{least},}}(?![a-z0-9])", row.description.lower())
            words = sorted({word for word in found if word not in _STOP})
            if len(words) >= 3 and not row.value:
                return words, tuple(self._described[row.description])

    def _two_letters(self) -> Iterator[Question]:
        while True:
            text = self._chance.choice("abcdlmnrst") + self._chance.choice("abcdehlmnstx0179")
            yield Question(text, None, "two letters")

    def _nothing(self) -> Iterator[Question]:
        while True:
            yield Question("".join(self._chance.choices("qxzjwvkj", k=self._chance.randint(6, 14))), None, "nothing")

    def _hostile(self) -> Iterator[Question]:
        while True:
            yield from (Question(text, None, "hostile") for text in HOSTILE)


def slipped(text: str, chance: random.Random) -> str:
    """Return a text with one slip: a character wrong, left out, doubled or swapped with the next."""
    place = chance.randrange(len(text))
    before, at, after = text[:place], text[place], text[place + 1 :]
    other = chance.choice(_ALPHABET)
    return chance.choice(
        (before + other + after, before + after, before + at + other + after, before + after[:1] + at + after[1:])
    )


def notations(value: Value) -> list[str]:
    """Return a value as people write it."""
    number, _, unit = str(value).partition(" ")
    prefix = unit.rstrip("ΩF")
    name = {Unit.OHM: ("Ω", " ohm", "R"), Unit.FARAD: ("F", "f", "F")}[value.unit or Unit.OHM]
    short = number.replace(".", prefix or name[2]) if "." in number else f"{number}{prefix or name[2]}"
    if value.unit is Unit.FARAD and not prefix:
        return [f"{number}F"]
    return [short, f"{number}{prefix}{name[0]}", f"{number} {prefix}{name[0]}", f"{number}{prefix}{name[1]}"]


def _grouped[Key](pairs: Iterator[tuple[Key, str]]) -> dict[Key, list[str]]:
    groups: dict[Key, list[str]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _some(questions: Iterator[Question], most: int) -> list[Question]:
    return [next(questions) for _ in range(most)]
