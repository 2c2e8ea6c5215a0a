"""Tags and type for text that is not saved, from the assistant, the cache and the budget of the pipelines."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models import AiCall, Part, Suggestion
from models.session import get_engine, session_scope
from pipelines.ai_suggest import _AT_ONCE, _room
from tasks.clients import assistant
from tests.support.statements import statements
from tests.support.stub_openai import Reply, StubOpenAI, failure, rate_limited, refusal, schema_breaking, server_error

TEXT = "Dual operational amplifier, rail-to-rail, SOIC-8"


@pytest.fixture(autouse=True)
def fresh_assistant(database: str) -> Iterator[None]:
    """Let each test choose its assistant, and wait for the questions that it left behind."""
    assistant.cache_clear()
    yield
    assert all(_room.acquire(timeout=60) for _ in range(_AT_ONCE))
    _room.release(_AT_ONCE)
    assistant.cache_clear()


@pytest.fixture
def types(client: FlaskClient) -> None:
    """Two types."""
    for name in ("Relay", "Operational Amplifier"):
        client.post("/types", json={"name": name})


@pytest.fixture
def stub(configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch, types: None) -> Iterator[StubOpenAI]:
    """A model that answers."""
    with StubOpenAI() as stub:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_BASE_URL", stub.base_url)
        configure(ASSISTANT_SUGGEST_SECONDS=10)
        stub.answers["suggest_tags"] = {
            "tags": [
                {"tag": "op-amp", "quote": "operational amplifier", "page": None, "confidence": 0.9},
                {"tag": "no-such-tag", "quote": None, "page": None, "confidence": 1.0},
            ]
        }
        stub.answers["suggest_type"] = {
            "type_name": "operational amplifier",
            "quote": None,
            "page": None,
            "confidence": 0.8,
        }
        yield stub


def suggest(client: FlaskClient, **body: Any) -> TestResponse:
    return client.post("/ai/suggest", json={"text": TEXT} | body)


def names(answer: TestResponse) -> tuple[list[str], str | None]:
    body = answer.get_json()
    return [tag["tag"] for tag in body["tags"]], body["type"] and body["type"]["name"]


def calls() -> list[tuple[str | None, bool]]:
    with session_scope() as session:
        return [(call.error, call.cached) for call in session.scalars(select(AiCall).order_by(AiCall.id))]


def test_rules_suggest_without_a_network(client: FlaskClient, types: None) -> None:
    answer = suggest(client)
    tags, type_ = names(answer)
    assert (answer.status_code, answer.get_json()["assistant"], type_) == (200, "local", "Operational Amplifier")
    assert {"op-amp", "rail-to-rail"} <= set(tags)
    with session_scope() as session:
        rows = [session.scalar(select(func.count()).select_from(table)) for table in (Part, Suggestion, AiCall)]
    assert rows == [0, 0, 0]


def test_many_tags_take_no_more_statements(client: FlaskClient, types: None) -> None:
    with statements(get_engine()) as sent:
        answer = suggest(client)
    assert (len(names(answer)[0]) > 1, len(sent)) == (True, 3)


def test_part_number_alone_is_enough(client: FlaskClient, types: None) -> None:
    assert names(suggest(client, text="LM358"))[1] == "Operational Amplifier"


def test_model_s_answer_is_checked_and_used_again(client: FlaskClient, stub: StubOpenAI) -> None:
    for _ in range(2):
        answer = suggest(client)
        assert (answer.get_json()["assistant"], names(answer)) == ("openai", (["op-amp"], "Operational Amplifier"))
    assert (len(stub.requests), calls()) == (2, [(None, False), (None, False), (None, True), (None, True)])


def test_suggestions_are_in_the_users_words(client: FlaskClient, stub: StubOpenAI) -> None:
    client.patch("/tags/op-amp", json={"name": "Opamp"})
    assert names(suggest(client))[0] == ["opamp"]


def test_new_order_of_types_asks_nothing_new(client: FlaskClient, stub: StubOpenAI) -> None:
    suggest(client)
    client.put("/types/order", json={"types": ["Operational Amplifier", "Relay"]})
    suggest(client)
    assert len(stub.requests) == 2


@pytest.mark.parametrize(
    ("reply", "status", "says"),
    [
        (rate_limited(7), 429, "limits the rate"),
        (refusal(), 503, "the model refused to answer"),
        (failure(401, "invalid_api_key"), 503, "refused the request with 401"),
        (server_error(), 503, "failed with 500"),
        (schema_breaking(), 503, "breaks its schema"),
    ],
)
def test_models_failure_is_a_sentence(
    client: FlaskClient, stub: StubOpenAI, reply: Reply, status: int, says: str
) -> None:
    stub.script(reply, reply)
    answer = suggest(client)
    assert (answer.status_code, says in answer.get_json()["error"]) == (status, True), answer.text
    assert int(answer.headers["Retry-After"]) >= 7


def test_slow_model_is_not_waited_for_and_its_answer_is_kept(
    client: FlaskClient, stub: StubOpenAI, configure: Callable[..., None]
) -> None:
    gate, answer = Event(), stub.answers["suggest_type"]
    assert isinstance(answer, dict)
    stub.answers["suggest_type"] = lambda _data: answer if gate.wait(10) else {}
    configure(ASSISTANT_SUGGEST_SECONDS=0.5)
    late = suggest(client)
    gate.set()
    assert (late.status_code, "PARTFLOW_ASSISTANT_SUGGEST_SECONDS" in late.get_json()["error"]) == (503, True)
    assert any(len(calls()) == 2 or Event().wait(0.01) for _ in range(1000))
    configure(ASSISTANT_SUGGEST_SECONDS=10)
    assert names(suggest(client)) == (["op-amp"], "Operational Amplifier")
    assert len(stub.requests) == 2


def test_more_questions_than_there_is_room_for_are_turned_away(client: FlaskClient, types: None) -> None:
    with ExitStack() as held:
        while _room.acquire(blocking=False):
            held.callback(_room.release)
        answer = suggest(client)
    assert (answer.status_code, "too many questions" in answer.get_json()["error"]) == (503, True)
    assert suggest(client).status_code == 200


def test_spent_budget_says_when_there_is_more(client: FlaskClient, stub: StubOpenAI) -> None:
    with session_scope() as session:
        session.add(
            AiCall(
                job="identify",
                model="m",
                prompt_version="v1",
                cache_key="k",
                input_tokens=1,
                output_tokens=1,
                cost_usd=Decimal(5),
                cached=False,
                seconds=1.0,
            )
        )
    answer = suggest(client)
    assert (answer.status_code, stub.requests) == (429, [])
    assert "PARTFLOW_ASSISTANT_DAILY_BUDGET_USD" in answer.get_json()["error"]
    assert 0 < int(answer.headers["Retry-After"]) <= 86_400


@pytest.mark.parametrize(
    "body", [{"text": " "}, {"text": "x" * 5001}, {"manufacturer_code": "--"}, {"texts": ""}, {"text": None}]
)
def test_wrong_question_is_refused(client: FlaskClient, body: dict[str, object]) -> None:
    assert suggest(client, **body).status_code == 400
