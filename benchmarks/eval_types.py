"""How often the local assistant names the right type, against rows that other people categorised.

A row's truth is its KiCad library or a distributor's category, translated by the table below. The truth is coarse:
where a library mixes kinds, each of them counts as right. Rows whose category names no type are left out.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Final

from benchmarks.catalogue_rows import CatalogueRow, categorised, checked, sample, share
from clients.assistant.local.assistant import LocalAssistant
from schemas.assistant import TypeQuestion
from schemas.vocabulary import DEFAULT_TYPES

_QUICK_ROWS: Final = 3000
_SURE: Final = 0.85
_LIMITS: Final = {"accuracy_of_answers": 0.93, "accuracy_when_sure": 0.95, "coverage_of_described": 0.85}

_TRUTH: Final = (
    (r"^4xxx|^74x|signal switches|specialty logic", "Logic|Analog Switch"),
    (r"^logic( gates)?$|level ?translator|level shift|^inverters|counters, d|shift reg", "Logic"),
    (r"analog.?switch", "Analog Switch|Switch"),
    (r"operational|precision op|fet input", "Operational Amplifier|Amplifier"),
    (r"comparators?$", "Comparator"),
    (r"^amplifiers/comparators", "Amplifier|Operational Amplifier|Comparator"),
    (r"^rf.amplifier", "RF and Wireless|Amplifier"),
    (r"amplifier|analog multipliers", "Amplifier|Operational Amplifier"),
    (r"solid.?state", "Relay|Optocoupler|Thyristor"),
    (r"isolated rs-485", "Interface"),
    (r"isolators - gate", "Driver|Optocoupler"),
    (r"^isolator|digital isol|opto", "Optocoupler|Amplifier"),
    (
        r"^analog_[ad][ad]c|adcs/|data acq|analog to digital|digital to analog|rms to dc|v/f|analog front",
        "Data Converter",
    ),
    (r"potentiometer", "Potentiometer"),
    (r"^resistor|resistors", "Resistor"),
    (r"switchedcap", "Voltage Regulator"),
    (r"capacitor", "Capacitor"),
    (r"ferrite|common mode filter", "Inductor|Filter"),
    (r"transformer", "Transformer"),
    (r"inductor", "Inductor"),
    (r"filter|duplexer", "Filter|Inductor"),
    (r"oscillators, resonators|crystals and", "Crystal|Oscillator"),
    (r"oscillator", "Oscillator|Timer and Clock"),
    (r"crystal", "Crystal"),
    (r"fuse", "Fuse"),
    (r"tvs|varistor|surge|discharge", "Circuit Protection"),
    (r"^circuit protection|power_protection", "Circuit Protection|Diode|Fuse|Power Management|Filter"),
    (r"mosfet|transistor_fet", "MOSFET|Transistor"),
    (r"thyristor", "Thyristor|Transistor|MOSFET|Diode"),
    (r"transistor|bipolar|darlington|igbt", "Transistor|MOSFET|Module"),
    (r"led indication|rgb led|infrared led|^led$", "LED"),
    (r"linedriver|clock buffers|^buffers", "Interface|Timer and Clock|Logic"),
    (r"driver|digital tube", "Driver"),
    (r"^diode$|^diodes$", "Diode|Circuit Protection"),
    (r"diode|rectifier", "Diode"),
    (r"display|lcd screen", "Display"),
    (r"^mcu_module|development board", "Development Board|Module|Microcontroller"),
    (r"^mcu_|microcontroller|ordered mcu", "Microcontroller|Processor"),
    (r"^(cpu|dsp|gpu)|digital signal proc", "Processor|Microcontroller"),
    (r"fpga|cpld|logic_programmable", "Programmable Logic"),
    (r"memory|eeprom|flash|sram|sdram|emmc", "Memory"),
    (r"converter_|power modules", "Power Supply|Voltage Regulator"),
    (r"regulator_c|ac-dc controllers", "Voltage Regulator|Power Management"),
    (r"regulator|dc-dc converters", "Voltage Regulator|Power Supply"),
    (r"reference", "Voltage Reference"),
    (r"supervisor|battery.management|power distribution|power.management", "Power Management|Voltage Regulator|Driver"),
    (r"^rf.switch", "RF and Wireless|Switch"),
    (r"^rf", "RF and Wireless|Module|Interface"),
    (
        r"rs232|rs-485|can transc|lin transc|ethernet|usb conv|usb hub|i/o exp|^interface_(uart|usb|can|eth|line)",
        "Interface",
    ),
    (r"timer|clock", "Timer and Clock"),
    (r"^relay|power relays|signal relays", "Relay"),
    (r"tactile|^switch$|slide sw|dip sw|rotary|limit sw|keylock", "Switch"),
    (r"connector|terminal block|headers", "Connector"),
    (r"^motor$", "Motor"),
    (r"sensor_audio", "Audio"),
    (r"sensor_energy", "Power Management|Amplifier|Sensor"),
    (r"thermistor|sensor|accelerometer", "Sensor"),
)
"""A category (a pattern, any case) and the types that are right for it; the first that fits counts."""


def run(data: Path, *, quick: bool) -> dict[str, Any]:
    """Ask for the type of each row of `data`; `quick` takes a sample."""
    rows = [row for row in categorised(data) if right_types(row.category)]
    rows = sample(rows, _QUICK_ROWS) if quick else rows
    outcomes = Counter(_outcome(row) for row in rows)
    wrong = Counter(f"{row.category} → {_answer(row)[0]}" for row in rows if "wrong" in _outcome(row))
    described = [_outcome(row) != "none" for row in rows if row.is_described]
    figures = _figures(outcomes) | {"coverage_of_described": share(sum(described), len(described))}
    shown = {
        "rows": len(rows),
        **figures,
        "commonest_mistakes": dict(wrong.most_common(15)),
    }
    return {"figures": shown, "checks": checked(figures, _LIMITS)}


@cache
def right_types(category: str) -> frozenset[str]:
    """Return the types that are right for a category; none where it says too little."""
    found = next((types for pattern, types in _TRUTH if re.search(pattern, category, re.IGNORECASE)), "")
    return frozenset(filter(None, found.split("|")))


def _figures(outcomes: Counter[str]) -> dict[str, float]:
    right, wrong = outcomes["right"] + outcomes["surely right"], outcomes["wrong"] + outcomes["surely wrong"]
    sure = outcomes["surely right"] + outcomes["surely wrong"]
    return {
        "accuracy_of_answers": share(right, right + wrong),
        "accuracy_when_sure": share(outcomes["surely right"], sure),
        "coverage": share(right + wrong, outcomes.total()),
        "coverage_when_sure": share(sure, outcomes.total()),
    }


def _outcome(row: CatalogueRow) -> str:
    type_name, confidence = _answer(row)
    if type_name is None:
        return "none"
    outcome = "right" if type_name in right_types(row.category) else "wrong"
    return f"surely {outcome}" if confidence >= _SURE else outcome


@cache
def _answer(row: CatalogueRow) -> tuple[str | None, float]:
    answer = LocalAssistant().suggest_type(TypeQuestion(part=row.part, types=DEFAULT_TYPES)).answer
    return answer.type_name, answer.confidence
