"""The programs' environment."""

from pathlib import Path

import pytest

from embedded.layout import CHECKOUT, Layout
from embedded.programs import FLOWER_KEYS, child_environment, default_programs

LAYOUT = Layout(data=Path("/data"), home=Path("/data"), run=Path("/data/run"), account=None)


@pytest.mark.parametrize(
    "name", ["PGHOST", "PGSERVICE", "CELERY_BROKER_URL", "PYTHONHOME", "PYTHONWARNINGS", "GH_TOKEN"]
)
def test_foreign_variables_are_left_out(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "elsewhere")
    assert name not in child_environment(LAYOUT, ("127.0.0.1", 1), {})


@pytest.mark.parametrize("name", ["PARTFLOW_DATABASE_URL", "PARTFLOW_API_PORT"])
def test_embedded_values_win(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "elsewhere")
    assert child_environment(LAYOUT, ("127.0.0.1", 1), {name: "elsewhere"})[name] != "elsewhere"


@pytest.mark.parametrize("name", ["PARTFLOW_BROKER_URL", "PARTFLOW_STORE_KIND"])
def test_only_the_caller_names_another_broker_or_store(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "of production")
    assert child_environment(LAYOUT, ("127.0.0.1", 1), {})[name] != "of production"
    assert child_environment(LAYOUT, ("127.0.0.1", 1), {name: "named"})[name] == "named"


@pytest.mark.parametrize(
    "name", ["OPENAI_API_KEY", "PARTFLOW_FETCH_MAX_MB", "PARTFLOW_API_TOKEN", "AWS_PROFILE", "https_proxy", "LC_ALL"]
)
def test_other_settings_pass_through(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "mine")
    assert child_environment(LAYOUT, ("127.0.0.1", 1), {})[name] == "mine"


def test_program_names_are_unique() -> None:
    names = [program.name for program in default_programs(LAYOUT, 5555)]
    assert len(set(names)) == len(names) == 8


def test_program_gets_no_secret_that_it_does_not_read() -> None:
    unread = {program.name: program.unread for program in default_programs(LAYOUT, 5555)}
    keys = {"OPENAI_API_KEY", "PARTFLOW_STORE_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"}

    assert keys | {"PARTFLOW_DATABASE_URL"} <= set(unread["flower"])
    assert keys | {"PARTFLOW_API_TOKEN"} <= set(unread["beat"])
    assert unread["worker-vision"] == ("PARTFLOW_API_TOKEN", *FLOWER_KEYS, "OPENAI_API_KEY")
    assert unread["worker"] == ("PARTFLOW_API_TOKEN", *FLOWER_KEYS)
    assert unread["api"] == FLOWER_KEYS
    assert not set(FLOWER_KEYS) & set(unread["flower"])


def test_flower_folder_does_not_shadow_the_library() -> None:
    assert not (CHECKOUT / "flower/__init__.py").exists()
