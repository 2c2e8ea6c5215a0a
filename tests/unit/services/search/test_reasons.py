"""Where in a part something was found."""

import pytest

from schemas.search import HitKind
from services.search.reasons import Reasons
from services.search.showing import Shown
from services.search.terms import read_terms

STEMS = {"supplies": "suppli", "res": "re", "timers": "timer"}


def marked(query: str, description: str) -> list[str]:
    part = Shown("ABCD", 1.0, None, None, None, description, (), None, False, (), ())
    fragments = Reasons("", read_terms(query), STEMS).of(part, HitKind.WORDS)
    return [each.text[start:end] for each in fragments for start, end in each.marks]


@pytest.mark.parametrize(
    ("query", "description", "marks"),
    [
        ("timers", "Precision TIMER", ["TIMER"]),
        ("supplies", "Power supply and supplies", ["supply", "supplies"]),
        ("res", "Reset of RES and resistor", ["Reset", "RES", "resistor"]),
        ("res", "Relay", []),
        ("wurth", "Würth Elektronik", ["Würth"]),
        ("4k7", "RES 4.7K OHM", ["4.7K OHM"]),
        ("r", "r or relay", ["r"]),
        ("istanbul", "In İstanbul, istanbul", ["istanbul"]),
    ],
)
def test_words_and_values_are_marked(query: str, description: str, marks: list[str]) -> None:
    assert marked(query, description) == marks
