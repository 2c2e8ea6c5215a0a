"""Types by rule: right where number or words say it, silent where they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.assistant import LocalAssistant
from schemas.assistant import PartText, TypeAnswer, TypeQuestion
from schemas.vocabulary import DEFAULT_TYPES


def ask(number: str = "ZZZ", types: tuple[str, ...] = DEFAULT_TYPES, **texts: str | tuple[str, ...]) -> TypeAnswer:
    part = PartText.model_validate({"manufacturer_code": number, **texts})
    return LocalAssistant().suggest_type(TypeQuestion(part=part, types=types)).answer


@pytest.mark.parametrize(
    ("description", "type_name"),
    [
        ("Dual operational amplifier, DIP-8", "Operational Amplifier"),
        ("Buck converter with soft start for microcontrollers", "Voltage Regulator"),
        ("16-channel LED driver, I2C", "Driver"),
        ("LED RED CLEAR 0805 SMD", "LED"),
        ("CAP CER 0.1UF 10V X7R 0402", "Capacitor"),
        ("RES 10K OHM 1% 1/4W 0805", "Resistor"),
        ("Optocoupler with transistor output", "Optocoupler"),
        ("3-axis accelerometer (SPI)", "Sensor"),
        ("Tactile switches, 6 mm", "Switch"),
        ("you can lead a horse to water", None),
        ("a reg. trademark", None),
        ("", None),
    ],
)
def test_description_is_about_its_noun(description: str, type_name: str | None) -> None:
    assert ask(description=description).type_name == type_name


@pytest.mark.parametrize(
    ("number", "type_name"),
    [
        ("SN74HC00N", "Logic"),
        ("CD4066BE", "Analog Switch"),
        ("ATmega328P-PU", "Microcontroller"),
        ("STM32F103C8T6", "Microcontroller"),
        ("1N4007", "Diode"),
        ("2N2222A", "Transistor"),
        ("IRFZ44N", "MOSFET"),
        ("LM7805CT", "Voltage Regulator"),
        ("LM358N", "Operational Amplifier"),
        ("NE555P", "Timer and Clock"),
        ("24LC256-I/P", "Memory"),
        ("MAX232CPE", "Interface"),
        ("GRM188R71C104KA01D", "Capacitor"),
        ("4148", None),
        ("744987654", "Inductor"),
        ("", None),
    ],
)
def test_number_families_are_known(number: str, type_name: str | None) -> None:
    assert ask(number).type_name == type_name


def test_agreement_makes_sure() -> None:
    assert ask("NE555P", description="Precision timer").confidence > ask("NE555P").confidence > 0.85


def test_contradiction_is_hardly_sure() -> None:
    assert ask("NE555P", description="Power relay").confidence <= 0.5


def test_memories_of_a_microcontroller_do_not_count() -> None:
    assert ask("ATtiny13A", description="1kB Flash, 64B SRAM, 64B EEPROM").type_name == "Microcontroller"


def test_evidence_quotes_the_words() -> None:
    (evidence,) = ask(datasheet=("XYZ\nDigital temperature\nsensor",)).evidence

    assert (evidence.quote, evidence.page) == ("temperature sensor", 1)


@pytest.mark.parametrize(
    ("types", "type_name"),
    [
        (("Op-Amp", "Timer"), "Op-Amp"),
        (("operational amplifiers",), "operational amplifiers"),
        (("Amplifier", "Logic"), "Amplifier"),
        (("Relay",), None),
        ((), None),
    ],
)
def test_users_own_names_are_used(types: tuple[str, ...], type_name: str | None) -> None:
    assert ask("LM358N", types, description="Dual operational amplifier").type_name == type_name


def test_users_narrower_type_wins() -> None:
    assert ask(types=("Diode", "Zener Diode"), description="5.1 V Zener diode").type_name == "Zener Diode"


def test_missing_type_is_not_replaced_by_a_word_in_it() -> None:
    assert ask(types=("LED", "Microcontroller"), description="LED driver").type_name is None


@given(st.text(max_size=200), st.text(max_size=40), st.lists(st.sampled_from(DEFAULT_TYPES), max_size=5, unique=True))
def test_answer_is_always_one_of_the_types(description: str, number: str, types: list[str]) -> None:
    answer = ask(number, tuple(types), description=description)

    assert answer.type_name in {*types, None}
    assert bool(answer.type_name) == bool(answer.confidence)
