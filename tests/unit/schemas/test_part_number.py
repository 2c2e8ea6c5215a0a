"""The two keys: which spellings are one part, which numbers are worth comparing, and which are neither."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.part_number import canonical_key, loose_key

SPELLINGS = [
    ("NE555P", "ne555p", "NE 555 P", "NE-555P", "NE555P."),
    ("LM1117-3.3", "lm1117 3.3", "LM1117/3.3"),
    ("LT1763CS8-3.3#TRPBF", "LT1763CS8-3.3TRPBF"),
    ("SN74HC00N", "SN\u201374\u00a0HC\u200900N", "SN74HC00N\u2122"),
    ("10 \u00b5F", "10uF", "10\u03bcF"),
    ("100\u2126", "100 \u03a9"),
    ("U.FL-R-SMT", "UFL-R-SMT"),
]
NEIGHBOURS = [
    ("SMAJ6.0A", "SMAJ60A"),
    ("1.5SMC6.8CA", "1.5SMC68CA"),
    ("SMBJ3.3CA", "SMBJ33CA"),
    ("R-78B1.2", "R-78B12"),
    ("4.7k", "47k"),
    ("4,7k", "4.7k"),
    ("LM1117-3P3", "LM1117-3.3"),
    (".1uF", "1uF"),
    ("MAX232CPE+", "MAX232CPE"),
    ("10\u03a9", "10"),
]
PARTS = st.tuples(
    st.text("ABCDEFGHIJKLMNOQRSTUVWXYZ", min_size=1, max_size=5), st.text("0123456789", min_size=2, max_size=5)
)


@pytest.mark.parametrize("spellings", SPELLINGS)
def test_spellings_of_a_number_have_one_canonical_key(spellings: tuple[str, ...]) -> None:
    assert len(set(map(canonical_key, spellings))) == 1


@pytest.mark.parametrize(("one", "other"), NEIGHBOURS)
def test_neighbours_are_compared_and_never_the_same(one: str, other: str) -> None:
    assert canonical_key(one) != canonical_key(other)
    assert loose_key(one) == loose_key(other)


@given(PARTS, st.data())
def test_point_moved_or_lost_is_another_part(part: tuple[str, str], data: st.DataObject) -> None:
    letters, digits = part
    places = st.integers(1, len(digits) - 1)
    here, there = data.draw(places), data.draw(places)
    number, moved = (f"{letters}{digits[:at]}.{digits[at:]}" for at in (here, there))
    assert (canonical_key(number) == canonical_key(moved)) == (here == there)
    assert canonical_key(number) != canonical_key(letters + digits)
    assert loose_key(number) == loose_key(moved) == loose_key(letters + digits)


@given(PARTS, st.data())
def test_digit_or_suffix_changed_is_another_part(part: tuple[str, str], data: st.DataObject) -> None:
    number = "".join(part)
    place = data.draw(st.integers(len(part[0]), len(number) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != number[place])
    for other in (number[:place] + digit + number[place + 1 :], number + data.draw(st.sampled_from("ABCDEF"))):
        assert canonical_key(other) != canonical_key(number)
        assert loose_key(other) != loose_key(number)


@given(st.text())
def test_key_of_a_key_is_the_key(text: str) -> None:
    assert canonical_key(canonical_key(text)) == canonical_key(text)
