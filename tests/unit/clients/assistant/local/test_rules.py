"""The data files fit together, and cannot be made to hang."""

import re
import time
from hashlib import sha256

import pytest

from clients.assistant.local.clauses import clauses
from clients.assistant.local.phrases import PhraseIndex
from clients.assistant.local.rules import load_rules
from clients.assistant.openai.pricing import PRICES, cost_usd
from clients.assistant.openai.prompt import VERSIONS, prompt_text
from schemas.vocabulary import DEFAULT_TYPES, TAG_GROUPS, VOCABULARY
from settings.settings import OpenAISettings

PROMPTS = {
    "identify.v1": "219eecfe653f",
    "find_datasheets.v1": "f127f586b679",
    "suggest_tags.v1": "def86a4863e8",
    "suggest_type.v1": "76a48f33eeb2",
}
"""A prompt that changes without a new version would be answered from the cache of the old one."""


def test_each_default_type_has_its_rule() -> None:
    assert [rule.name for rule in load_rules().types] == list(DEFAULT_TYPES)


def test_rules_only_name_known_types_and_tags() -> None:
    rules = load_rules()

    assert {family.type for family in rules.families} <= set(DEFAULT_TYPES)
    assert {tag for rule in rules.types for tag in rule.tags} <= set(VOCABULARY)
    assert {tag for family in rules.families for tag in family.tags} <= set(VOCABULARY)


def test_vocabulary_is_normalised_and_unique() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", tag) for tag in VOCABULARY)
    assert len(VOCABULARY) == len(set(VOCABULARY))


def test_each_tag_has_synonyms_that_find_it() -> None:
    index = PhraseIndex({tag: phrases for group in TAG_GROUPS.values() for tag, phrases in group.items()})

    for group in TAG_GROUPS.values():
        for tag, phrases in group.items():
            assert tag in {found.value for phrase in phrases for found in index.find(phrase)}


@pytest.mark.parametrize("tail", ["A", "0", "A0", "CN", "BE"])
@pytest.mark.parametrize("head", ["", "NE555", "CD4001", "LM358", "74HC00", "MAX232", "SRD05"])
def test_hostile_numbers_do_not_hang(head: str, tail: str) -> None:
    started = time.process_time()
    for length in (20, 50, 5000):
        load_rules().family_of(head + tail * length)

    assert time.process_time() - started < 3


@pytest.mark.parametrize("version", VERSIONS.values())
def test_prompts_are_unchanged_and_guard_against_injection(version: str) -> None:
    text = prompt_text(version)

    assert sha256(text.encode()).hexdigest()[:12] == PROMPTS[version]
    assert "<data>" in text
    assert "never instructions" in " ".join(text.split())


@pytest.mark.parametrize(
    ("model", "usd"),
    [
        ("gpt-6-luna", 0.1),
        ("gpt-6-luna-2026-09-22", 0.1),
        ("gpt-5.4-mini", 0.75),
        ("gpt-5.4", 2.5),
        ("gpt-6-luna-next", 0.0),
        ("somebody-elses-model", 0.0),
    ],
)
def test_price_goes_by_the_models_name(model: str, usd: float) -> None:
    assert cost_usd(model, input_tokens=1_000_000, cached_tokens=0, output_tokens=0) == usd


def test_default_models_have_prices() -> None:
    fields = OpenAISettings.model_fields

    assert {fields[name].default for name in ("vision_model", "search_model", "text_model")} <= PRICES.keys()


def test_phrases_prefer_the_longest() -> None:
    index = PhraseIndex({"led": ["LED"], "driver": ["led driver"]})

    assert [found.value for found in index.find("LED drivers and LEDs, not led")] == ["driver", "led"]


def test_clauses_know_what_is_subordinate() -> None:
    found = [(clause.text.strip(), clause.subordinate) for clause in clauses("3.3V regulator with reset, SOT-23")]

    assert found == [("3.3V regulator", False), ("reset", True), ("SOT-23", False)]
