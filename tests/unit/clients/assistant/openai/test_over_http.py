"""The whole way over a socket: the stub server on loopback, found through the base URL."""

from collections.abc import Iterator

import pytest

from clients.assistant.openai.assistant import OpenAIAssistant
from schemas.errors import StepError, Transient
from tests.support import stub_openai as stub
from tests.unit.clients.assistant.questions import DATASHEETS, IDENTIFY, TAGS, TYPE, openai_settings


@pytest.fixture
def server() -> Iterator[stub.StubOpenAI]:
    with stub.StubOpenAI() as running:
        yield running


def assistant_of(server: stub.StubOpenAI, timeout_seconds: float = 5) -> OpenAIAssistant:
    return OpenAIAssistant(openai_settings(server.base_url, timeout_seconds))


def test_identify_answers_from_the_markings(server: stub.StubOpenAI) -> None:
    def read_first_line(data: stub.Data) -> stub.Data:
        code = data["markings"]["lines"][0]["text"]
        return {
            "parts": [
                {"manufacturer_code": code, "manufacturer": None, "description": None, "quote": code, "confidence": 0.8}
            ]
        }

    server.answers["identify"] = read_first_line

    assert assistant_of(server).identify(IDENTIFY).answer.guesses[0].manufacturer_code == "XQ1234"


def test_datasheets_are_found(server: stub.StubOpenAI) -> None:
    server.answers["find_datasheets"] = {"urls": ["https://maker.example/XQ1234.pdf"]}

    answered = assistant_of(server).find_datasheets(DATASHEETS)

    assert answered.answer.leads[0].url == "https://maker.example/XQ1234.pdf"
    assert answered.usage is not None
    assert answered.usage.cost_usd > 0.01


def test_tags_are_suggested(server: stub.StubOpenAI) -> None:
    server.answers["suggest_tags"] = {"tags": [{"tag": "ldo", "quote": None, "page": None, "confidence": 0.9}]}

    assert [guess.tag for guess in assistant_of(server).suggest_tags(TAGS).answer.tags] == ["ldo"]


def test_type_is_suggested(server: stub.StubOpenAI) -> None:
    server.answers["suggest_type"] = {"type_name": "Logic", "quote": None, "page": None, "confidence": 0.9}

    assert assistant_of(server).suggest_type(TYPE).answer.type_name == "Logic"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (stub.rate_limited(retry_after=2), "rate_limited"),
        (stub.server_error(), "model_unavailable"),
        (stub.slow(5), "timeout"),
        (stub.schema_breaking(), "bad_answer"),
        (stub.refusal(), "model_refused"),
    ],
    ids=["429", "500", "timeout", "schema", "refusal"],
)
def test_fault_is_named_and_the_next_try_heals(server: stub.StubOpenAI, reply: stub.Reply, code: str) -> None:
    server.script(reply)
    assistant = assistant_of(server, timeout_seconds=1)

    with pytest.raises(StepError) as raised:
        assistant.suggest_type(TYPE)

    assert raised.value.code == code
    assert assistant.suggest_type(TYPE).answer.type_name is None


def test_dead_server_is_unavailable() -> None:
    with stub.StubOpenAI() as server:
        assistant = assistant_of(server)

    with pytest.raises(Transient, match="model_unavailable"):
        assistant.suggest_type(TYPE)
