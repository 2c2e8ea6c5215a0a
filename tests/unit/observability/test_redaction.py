from collections.abc import Callable
from pathlib import Path

import pytest

from observability.redaction import redacted

TOKEN = "planted-token-0123456789"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("amqp://app:hush@rabbit:5672/parts is away", "amqp://***@rabbit:5672/parts is away"),
        ("postgresql+psycopg://app:p%40ss@db/x", "postgresql+psycopg://***@db/x"),
        ("{'Authorization': 'Bearer abc.def'}", "{'Authorization': 'Bearer ***'}"),
        ("Authorization: Basic cGFydGZsb3c6aHVzaA==", "Authorization: Basic ***"),
        ("Cookie: session=hush; theme=dark", "Cookie: ***"),
        ("Incorrect API key provided: sk-proj-0123456789", "Incorrect API key provided: ***"),
        (f"the token partflow_{'aB3-_' * 8}xyz is wrong", "the token *** is wrong"),
        ("partflow_step_duration_seconds", "partflow_step_duration_seconds"),
        ("see https://example.com/a@b", "see https://example.com/a@b"),
        ("step part.tag of run 7 ended", "step part.tag of run 7 ended"),
    ],
)
def test_form_of_a_secret_is_hidden(text: str, safe: str) -> None:
    assert redacted(text) == safe


def test_secrets_of_the_settings_are_hidden_wherever_they_stand(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(
        API_TOKEN=TOKEN,
        BROKER_URL="amqp://app:planted%2Fbroker@localhost/x",
        DATABASE_URL="postgresql+psycopg://app:planted-database@localhost/x",
        STORE_SECRET_KEY="planted-store",
    )
    monkeypatch.setenv("OPENAI_API_KEY", "planted-model")
    for secret in (TOKEN, "planted/broker", "planted%2Fbroker", "planted-database", "planted-store", "planted-model"):
        assert redacted(f"before {secret}, after") == "before ***, after"


def test_token_in_a_file_is_hidden(configure: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    configure(API_TOKEN_FILE=tmp_path / "token")
    assert redacted(f"sent {TOKEN}") == "sent ***"


def test_password_that_is_a_word_is_hidden_in_addresses_only(configure: Callable[..., None]) -> None:
    configure(BROKER_URL="amqp://guest:guest@localhost/x", DATABASE_URL="postgresql+psycopg://a:part@localhost/x")
    assert redacted("a guest takes a part of amqp://guest:guest@localhost") == (
        "a guest takes a part of amqp://***@localhost"
    )


def test_wrong_settings_hide_what_has_the_form_of_a_secret(configure: Callable[..., None]) -> None:
    configure(API_PORT="none")
    assert redacted("amqp://app:hush@rabbit") == "amqp://***@rabbit"
