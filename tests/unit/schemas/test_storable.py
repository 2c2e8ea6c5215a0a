"""What is stored has no control characters, and what they meant is not lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.markings import Code
from schemas.storable import UNSTORABLE, storable, storable_json
from services.identification.barcodes import fields_of, parse_distributor_label

LABEL = "[)>\x1e06\x1d1PLM358DR\x1dQ10\x1e\x04"
ANY_TEXT = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc\x1b", "a\nb\nc␛"),
        ("\x00\x07\x1b[2J", "␀␇␛[2J"),
        ("\x7f\x9b31m", "␡\ufffd31m"),
        ("\ud800", "\ufffd"),
        ("Ωµ é 部品 😀", "Ωµ é 部品 😀"),
    ],
)
def test_control_characters_become_pictures(text: str, kept: str) -> None:
    assert storable(text) == kept


@given(ANY_TEXT)
def test_nothing_unstorable_is_left(text: str) -> None:
    assert not UNSTORABLE.search(storable(text))
    assert storable(storable(text)) == storable(text)


def test_json_is_cleaned_all_the_way_down() -> None:
    assert storable_json({"a\x00": ["b\x1b", {"c": ("d\x07", 1, None, True)}]}) == {
        "a␀": ["b␛", {"c": ["d␇", 1, None, True]}]
    }


@pytest.mark.parametrize("text", [LABEL, storable(LABEL)], ids=["as read", "as stored"])
def test_stored_label_is_parsed_as_it_was_read(text: str) -> None:
    label = parse_distributor_label(Code(text=text, symbology="datamatrix"))

    assert label is not None
    assert (label.manufacturer_code, label.quantity) == ("LM358DR", 10)


def test_words_of_a_stored_code_are_those_of_the_read_one() -> None:
    read, stored = (fields_of(Code(text=text, symbology="qr")) for text in ("a\x1db\x1ec", storable("a\x1db\x1ec")))
    assert read == stored == ("a", "b", "c")
