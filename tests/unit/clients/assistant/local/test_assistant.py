"""What the local assistant does beside tags and types, and who is chosen when."""

import pytest
from pydantic import SecretStr

from clients.assistant import Job, LocalAssistant, make_assistant
from schemas.assistant import DatasheetQuestion
from schemas.identification import CatalogueEntry
from settings import Settings
from settings.groups import AssistantSettings
from settings.settings import OpenAISettings
from tests.unit.clients.assistant.questions import IDENTIFY


def row(number: str, url: str | None, source: str = "kicad") -> CatalogueEntry:
    return CatalogueEntry(source=source, manufacturer_code=number, datasheet_url=url)


def leads(*catalogue: CatalogueEntry, limit: int = 5) -> list[tuple[str, str]]:
    question = DatasheetQuestion(manufacturer_code="LM358N", catalogue=catalogue, limit=limit)
    return [(lead.url, lead.source) for lead in LocalAssistant().find_datasheets(question).answer.leads]


def settings_of(kind: str, key: str | None) -> Settings:
    openai = OpenAISettings(api_key=SecretStr(key) if key is not None else None)
    return Settings(assistant=AssistantSettings.model_validate({"kind": kind}), openai=openai)


def test_exact_number_comes_first() -> None:
    found = leads(row("LM358", "https://a.example/1.pdf"), row("lm358-n", "https://a.example/2.pdf", "own"))

    assert found == [("https://a.example/2.pdf", "catalogue:own"), ("https://a.example/1.pdf", "catalogue:kicad")]


def test_leads_are_unique_and_limited() -> None:
    rows = [row("LM358N", f"https://a.example/{number % 3}.pdf") for number in range(6)]

    assert len(leads(*rows)) == 3
    assert len(leads(*rows, limit=2)) == 2


def test_rows_without_a_web_address_are_skipped() -> None:
    assert leads(row("LM358N", None), row("LM358N", "~"), row("LM358N", "ftp://a.example/x.pdf")) == []


def test_local_assistant_does_not_guess_from_a_photo() -> None:
    answered = LocalAssistant().identify(IDENTIFY)

    assert answered.answer.guesses == ()
    assert answered.usage is None


def test_version_is_that_of_the_rules() -> None:
    assert LocalAssistant().version(Job.SUGGEST_TAGS).startswith("local/")


@pytest.mark.parametrize(
    ("kind", "key", "name"),
    [
        ("auto", None, "local"),
        ("auto", "", "local"),
        ("auto", "sk-1", "openai"),
        ("local", "sk-1", "local"),
        ("openai", "sk-1", "openai"),
    ],
)
def test_settings_choose_the_assistant(kind: str, key: str | None, name: str) -> None:
    assert make_assistant(settings_of(kind, key)).name == name
