"""Values in all notations."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.value import Unit, Value, find_values

SPELLINGS = {
    "4.7 kΩ": ["4k7Ω", "4.7kΩ", "4,7 kohm", "4700R", "4700 Ohms", "4.7K OHM", "4k7R", "4.700 kΩ", "0.0047 MΩ"],
    "4.7 k": ["4k7", "4.7k", "4,7k", "4K7"],
    "100 nF": ["100nF", "100NF", "0.1uF", "0.1 µF", "0.1 \u03bcF", "100000pF", "0,1UF"],
    "250 mW": ["1/4W", "0.25 W", "250mW", "1/4 w"],
    "3.3 V": ["3V3", "3.3V", "3,3 v", "3300mV"],
    "16 MHz": ["16MHz", "16 MHZ", "16000kHz"],
    "4.7 Ω": ["4R7", "4r7", "4.7R", "4.7 ohm"],
    "2.2 n": ["2n2", "2.2n", "0.0022u"],
    "10 µH": ["10uH", "10UH", "0.01mH"],
    "1 %": ["1%", "1.0%", "1 %"],
    "0 Ω": ["0R", "0 ohm"],
    "333.333 mW": ["1/3W"],
    "1 A": ["1A", "1000mA"],
}


@pytest.mark.parametrize(
    ("printed", "spelling"), [(printed, each) for printed, spellings in SPELLINGS.items() for each in spellings]
)
def test_spellings_of_a_value_are_one(printed: str, spelling: str) -> None:
    assert str(Value.parse(spelling)) == printed
    assert Value.parse(printed) == Value.parse(spelling)


@pytest.mark.parametrize(
    "text",
    ["", "47", "1N4148", "2N3904", "LM317", "74HC595", "1/0 W", "4.7k2", "k", "-5V", "3.3.3V", "99999999999999k"],
)
def test_other_text_is_no_value(text: str) -> None:
    assert Value.parse(text) is None


def test_values_are_found_in_a_description() -> None:
    found = find_values("RES 4.7K OHM ±1% 1/4W 0603, 50V/25V")

    assert [(each.text, each.start) for each in found] == [
        ("4.7K OHM", 4),
        ("1%", 14),
        ("1/4W", 17),
        ("50V", 28),
        ("25V", 32),
    ]


NUMBERS = st.decimals(0, 999_999, places=5, allow_nan=False) | st.integers(0, 9_999_999).map(Decimal)
WRITTEN = st.builds("{:f}{}{}{}".format, NUMBERS, st.sampled_from(["", " "]), st.sampled_from("pnumkMG"), st.just(""))
UNITS = st.sampled_from(["", "F", "H", "Hz", "V", "A", "W", "R", "ohm", "Ω"])


@given(WRITTEN, UNITS)
def test_what_is_printed_is_read_as_the_same(number: str, unit: str) -> None:
    value = Value.parse(number + unit)

    assert value is not None
    assert Value.parse(str(value)) == value


@given(st.text(alphabet="0123456789.,/ kKMmunpRVFHzWA%Ω-xX", max_size=30) | st.text(max_size=30))
def test_any_text_has_values_that_print_and_read_alike(text: str) -> None:
    for found in find_values(text):
        assert Value.parse(str(found.value)) == found.value
        assert text[found.start : found.start + len(found.text)] == found.text


def test_a_unit_that_is_not_written_is_unknown() -> None:
    assert Value.parse("100n") == Value(Decimal("1e-7"), None) != Value(Decimal("1e-7"), Unit.FARAD)
