"""The order of what is found."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.search import HitKind
from services.search.ranking import POINTS, STOCK, Match, best, leading

LETTERS = st.text(alphabet="ABC", min_size=2, max_size=2)


def test_better_reason_stands_above_a_worse_one_whatever_is_close_or_in_stock() -> None:
    worse = [Match("AAAA", kind, closeness=1.0).score + STOCK for kind in HitKind]
    better = [Match("AAAA", kind).score for kind in HitKind]

    assert all(high > low for high, low in zip(better, worse[1:], strict=False))
    assert list(POINTS.values()) == sorted(POINTS.values(), reverse=True)


def test_part_stands_once_for_its_best_reason() -> None:
    words, number = Match("AAAA", HitKind.WORDS, 1.0), Match("AAAA", HitKind.NUMBER)

    assert best([words, number, words]) == {"AAAA": (number.score, number)}


@given(st.dictionaries(LETTERS, st.sampled_from([10.0, 10.2, 10.5, 11.0, 20.0])), st.sets(LETTERS), st.integers(1, 5))
def test_what_may_be_first_is_not_left_out(scores: dict[str, float], stocked: set[str], most: int) -> None:
    first = sorted(scores, key=lambda id4: (-scores[id4] - STOCK * (id4 in stocked), id4))[:most]

    assert set(first) <= set(leading(scores, most))
