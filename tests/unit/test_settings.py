"""Settings come from the environment, and a wrong one is named."""

from pathlib import Path

import pytest

from settings import SettingsError, get_settings
from settings.example import example

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("PARTFLOW_API_PORT", "eighty", "valid integer"),
        ("PARTFLOW_API_PORT", "99999", "less than or equal to 65535"),
        ("PARTFLOW_DATABASE_URL", "mysql://root:hunter2@db/x", "postgresql+psycopg://"),
        ("PARTFLOW_STORE_KIND", "ftp", "'folder' or 's3'"),
        ("PARTFLOW_INTAKE_ACCEPT_CONFIDENCE", "2", "less than or equal to 1"),
        ("PARTFLOW_LOG_LEVEL", "LOUD", "'DEBUG', 'INFO'"),
        ("PARTFLOW_FETCH_ALLOWED_ADDRESSES", "foo", "pattern"),
        ("PARTFLOW_BROKER_URL", "redis://localhost", "amqp://"),
        ("PARTFLOW_API_CORS_ORIGIN", "nonsense", "https?://"),
        ("OPENAI_BASE_URL", "nowhere", "valid URL"),
        ("PARTFLOW_API_TOKEN", "nineteen-characters", "at least 20 characters"),
        ("PARTFLOW_API_TOKEN", "a" * 40, "8 of them different"),
        ("PARTFLOW_API_TOKEN", "twenty characters of it", "without spaces"),
        ("PARTFLOW_API_TOKEN", "hunter2", "token_urlsafe"),
        ("PARTFLOW_FETCH_NAT64_PREFIXES", "2001:db8::/33", "RFC 6052"),
        ("PARTFLOW_FETCH_REFUSED_NETWORKS", "our network", "network"),
    ],
)
def test_wrong_value_names_variable_and_remedy(
    variable: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError) as raised:
        get_settings()
    assert str(raised.value).startswith(f"{variable}: ")
    assert expected in str(raised.value)
    assert value not in str(raised.value)


def test_misspelt_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTFLOW_API_PROT", "1")

    with pytest.raises(SettingsError, match=r"^PARTFLOW_API_PROT is not a setting"):
        get_settings()


def test_openai_without_its_key_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTFLOW_ASSISTANT_KIND", "openai")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with pytest.raises(SettingsError, match=r"^OPENAI_API_KEY: expected a key"):
        get_settings()


def test_value_for_a_whole_group_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTFLOW_LOG", "debug")

    with pytest.raises(SettingsError, match=r"name one of its settings"):
        get_settings()


def test_secrets_are_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "PARTFLOW_API_TOKEN", "PARTFLOW_STORE_SECRET_KEY"):
        monkeypatch.setenv(name, "hunter2-hunter2-hunter2")
    monkeypatch.setenv("PARTFLOW_DATABASE_URL", "postgresql+psycopg://me:hunter2@db/x")

    assert "hunter2" not in repr(get_settings())


@pytest.mark.parametrize("content", ["short", "", "\xff"])
def test_token_of_a_file_must_be_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    (tmp_path / "token").write_text(content)
    monkeypatch.setenv("PARTFLOW_API_TOKEN_FILE", str(tmp_path / "token"))

    with pytest.raises(SettingsError, match=r"^PARTFLOW_API_TOKEN_FILE: expected at least 20"):
        get_settings().api.access_token()


def test_token_file_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTFLOW_API_TOKEN_FILE", str(tmp_path / "none"))

    with pytest.raises(SettingsError, match=r"^PARTFLOW_API_TOKEN_FILE: .* cannot be read"):
        get_settings().api.access_token()


def test_list_is_words_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTFLOW_FETCH_ALLOWED_ADDRESSES", "127.0.0.1:80, [::1]:81")

    assert get_settings().fetch.allowed_addresses == ("127.0.0.1:80", "[::1]:81")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        get_settings().api.port = 1  # type: ignore[misc]  # what mypy refuses must fail at run time, too


def test_example_lists_every_setting() -> None:
    assert (ROOT / ".env.example").read_text() == example()
