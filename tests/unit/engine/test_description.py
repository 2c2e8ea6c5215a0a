from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from engine.step.description import StepDescription, parse_description

WORDS = st.from_regex(r"[A-Za-z_]{1,20}", fullmatch=True)


@given(pipeline=WORDS, subject=st.just("") | WORDS, index=st.integers(0, 100), epoch=st.integers(0, 10**6))
def test_text_says_what_it_was_made_of(pipeline: str, subject: str, index: int, epoch: int) -> None:
    described = StepDescription(pipeline, subject, str(uuid4()), index, epoch)

    assert parse_description(str(described)) == described


@given(text=st.text())
def test_any_other_text_says_nothing(text: str) -> None:
    assert parse_description(text) is None
