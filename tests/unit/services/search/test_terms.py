"""The things that a part must have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.names import Names
from services.search.terms import Term, read_terms
from services.search.text import plain


@given(st.text() | st.text(alphabet="İßΣéÉµA1 "))
def test_plain_text_keeps_the_places_of_characters(text: str) -> None:
    assert len(plain(text)) == len(text)


def test_term_that_is_typed_twice_counts_once() -> None:
    assert [term.text for term in read_terms("resistor smd resistor")] == ["resistor", "smd"]


def test_alternative_that_needs_more_words_than_another_is_left_out() -> None:
    (term,) = read_terms("ti")

    assert ("texas", "instruments") in term.alternatives
    assert not any(set(less) < set(more) for less in term.alternatives for more in term.alternatives)


@pytest.mark.parametrize(
    ("term", "whole", "begun"),
    [
        (Term("relays", (("relays",),)), "((relays))", "(((relays:* | relay)))"),
        (Term("op amp", (("op", "amp"), ("opamp",))), "((op & amp) | (opamp))", "((op:* & amp:*) | (opamp:*))"),
        (Term("4k7", (("4k7",),), ("qv47e2x",)), "((4k7) | qv47e2x)", "((4k7:*) | qv47e2x)"),
        (Term("r", (("r",),)), "((r))", "((r))"),
    ],
)
def test_term_is_asked_as_whole_words_and_as_beginnings(term: Term, whole: str, begun: str) -> None:
    assert (term.whole(), term.begun({"relays": "relay"})) == (whole, begun)


def test_name_is_found_by_the_beginnings_of_its_words() -> None:
    names = Names({"qt1": "Signal Relay", "qt2": "Reed Relay", "qp3": "电阻 box"})

    assert names.called(("relays",)) == {"qt1", "qt2"}
    assert names.called(("sig", "rel")) == {"qt1"}
    assert names.called(("re",)) == names.called(()) == set()
    assert names.called(("电阻", "box")) == set()
    assert names.called(("box",)) == {"qp3"}
