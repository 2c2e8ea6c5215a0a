"""The whole way over a socket: the stub server on loopback, found through the base URL."""

from collections.abc import Iterator

import pytest

from clients.assistant.openai.assistant import OpenAIAssistant
from schemas.errors import StepError, Transient
from tests.support import stub_openai as stub
from tests.unit.clients.assistant.questions import DATASHEETS, IDENTIFY, TAGS, TYPE, openai_settings

PATIENCE_SECONDS = 90


@pytest.fixture
def server() -> Iterator[stub.StubOpenAI]:
    with stub.StubOpenAI() as running:
        yield running


def assistant_of(server: stub.StubOpenAI, timeout_seconds: float = PATIENCE_SECONDS) -> OpenAIAssistant:
    return OpenAIAssistant(openai_settings(server.base_url, timeout_seconds))


def with_usage(change: stub.Data) -> stub.Data:
    reply = stub.answer(stub.EMPTY_ANSWERS["suggest_type"]).body
    assert isinstance(reply, dict)
    return {**reply, "usage": reply["usage"] | change}


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
        (stub.slow(60), "timeout"),
        (stub.schema_breaking(), "bad_answer"),
        (stub.refusal(), "model_refused"),
    ],
    ids=["429", "500", "timeout", "schema", "refusal"],
)
def test_fault_is_named_and_the_next_try_heals(server: stub.StubOpenAI, reply: stub.Reply, code: str) -> None:
    server.script(reply)
    assistant = assistant_of(server, timeout_seconds=1 if code == "timeout" else PATIENCE_SECONDS)

    with pytest.raises(StepError) as raised:
        assistant.suggest_type(TYPE)

    assert raised.value.code == code
    assert assistant_of(server).suggest_type(TYPE).answer.type_name is None


def test_dead_server_is_unavailable() -> None:
    with stub.StubOpenAI() as server:
        assistant = assistant_of(server)

    with pytest.raises(Transient, match="model_unavailable"):
        assistant.suggest_type(TYPE)


@pytest.mark.parametrize("wait", ["9" * 400, "1e400", "Wed, 21 Oct 99999999999 07:28:00 GMT"])
def test_absurd_wait_is_no_reason_to_give_up(server: stub.StubOpenAI, wait: str) -> None:
    server.script(stub.rate_limited(retry_after=wait))

    with pytest.raises(Transient, match="rate_limited") as raised:
        assistant_of(server).suggest_type(TYPE)
    assert raised.value.retry_after is None


@pytest.mark.parametrize("model", ["gpt-6\x00luna", "gpt\x1b[2J", "gpt\ud800", "m" * 10_000])
def test_name_of_a_model_is_a_line_of_text(server: stub.StubOpenAI, model: str) -> None:
    server.script(stub.answer(stub.EMPTY_ANSWERS["suggest_type"], model=model))

    with pytest.raises(Transient, match="bad_answer"):
        assistant_of(server).suggest_type(TYPE)


@pytest.mark.parametrize("count", [10**30, 10**400, 2**31, -1])
@pytest.mark.parametrize("name", ["input_tokens", "output_tokens"])
def test_count_that_no_call_can_have_is_a_bad_answer(server: stub.StubOpenAI, name: str, count: int) -> None:
    server.script(stub.Reply(with_usage({name: count})))

    with pytest.raises(Transient, match="bad_answer"):
        assistant_of(server).suggest_type(TYPE)


@pytest.mark.parametrize("count", [10**30, 10**400, -(10**30)])
def test_cached_tokens_are_some_of_the_others(server: stub.StubOpenAI, count: int) -> None:
    server.script(stub.Reply(with_usage({"input_tokens_details": {"cached_tokens": count, "cache_write_tokens": 0}})))

    answered = assistant_of(server).suggest_type(TYPE)

    assert answered.usage is not None
    assert 0 < answered.usage.cost_usd < 1
