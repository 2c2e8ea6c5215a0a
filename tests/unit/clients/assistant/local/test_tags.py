"""Tags by rule: words of the vocabulary, with the words they rest on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.assistant import LocalAssistant
from schemas.assistant import PartText, TagGuess, TagQuestion
from schemas.vocabulary import VOCABULARY


def guesses(
    number: str = "ZZZ", vocabulary: tuple[str, ...] = VOCABULARY, limit: int = 8, **texts: str | tuple[str, ...]
) -> tuple[TagGuess, ...]:
    part = PartText.model_validate({"manufacturer_code": number, **texts})
    question = TagQuestion(part=part, vocabulary=vocabulary, limit=limit)
    return LocalAssistant().suggest_tags(question).answer.tags


def tags(number: str = "ZZZ", **texts: str | tuple[str, ...]) -> set[str]:
    return {guess.tag for guess in guesses(number, VOCABULARY, 8, **texts)}


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Quad 2-input NAND gates, CMOS, DIP-14", {"logic-gate", "nand", "cmos", "dip"}),
        ("CAN transceiver with LIN", {"transceiver", "can"}),
        ("it can lead", set()),
        ("16-channel LED driver, I2C", {"led-driver", "i2c"}),
        ("Temperature sensor for microcontrollers, SOT-23", {"temperature-sensor", "sot-23"}),
        ("Low-dropout voltage regulator, TO-220", {"ldo", "voltage-regulator", "to-220"}),
    ],
)
def test_words_become_tags(description: str, expected: set[str]) -> None:
    assert tags(description=description) == expected


def test_number_family_brings_its_tags() -> None:
    assert tags("ATmega328P-PU") == {"microcontroller", "avr"}


def test_memories_of_a_microcontroller_are_no_tags() -> None:
    assert "eeprom" not in tags("ATmega328P-PU", description="32kB Flash, 1kB EEPROM, UART")


def test_sources_that_agree_are_surer() -> None:
    one, both = guesses(description="Timer"), guesses(description="Timer", keywords="timer")

    assert both[0].confidence > one[0].confidence
    assert [evidence.source for evidence in both[0].evidence] == ["description", "keywords"]


def test_running_text_only_tells_interfaces() -> None:
    page = "x" * 400 + " the SPI bus and a relay" * 5

    assert tags(datasheet=("", page)) == {"spi"}
    assert guesses(datasheet=("", page))[0].evidence[0].page == 2


def test_single_mention_is_not_enough() -> None:
    assert tags(datasheet=("", "works with SPI")) == set()


def test_users_own_tags_are_found() -> None:
    (guess,) = guesses(vocabulary=("guitar-pedal",), description="Overdrive, guitar pedal favourite")

    assert (guess.tag, guess.evidence[0].quote) == ("guitar-pedal", "guitar pedal")


def test_limit_keeps_the_surest() -> None:
    assert [guess.tag for guess in guesses("ATmega328P-PU", description="relay", limit=1)] == ["avr"]


@given(st.text(max_size=300), st.text(max_size=40), st.integers(0, 5))
def test_tags_are_always_of_the_vocabulary(description: str, number: str, limit: int) -> None:
    found = guesses(number, description=description, datasheet=(description,), limit=limit)

    assert {guess.tag for guess in found} <= set(VOCABULARY)
    assert len(found) <= limit


@given(st.lists(st.sampled_from(["led driver", "I2C", "sensor", "relay", "DIP", "with", ","])))
def test_order_of_the_vocabulary_does_not_matter(words: list[str]) -> None:
    description = " ".join(words)
    shuffled = tuple(sorted(VOCABULARY, reverse=True))

    assert guesses(description=description) == guesses(vocabulary=shuffled, description=description)
