from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from models.session import get_engine
from settings import get_settings
from tests.support.apps import app_on
from tests.support.statements import statements


def test_all_is_there(client: FlaskClient) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.get_json()["ready"]) == (200, True)


@pytest.mark.parametrize(("require", "required"), [("all", True), ("none", False)])
def test_walls_around_parsers_are_told(
    client: FlaskClient, configure: Callable[..., None], require: str, required: bool
) -> None:
    configure(SANDBOX_REQUIRE=require)

    walls = client.get("/health/ready").get_json()["sandbox"]

    assert "limits" in walls["stand"]
    assert walls["required"] is required


def test_life_needs_no_database(client: FlaskClient) -> None:
    with statements(get_engine()) as sent:
        assert client.get("/health").get_json() == {"status": "ok"}
    assert sent == []


@pytest.mark.parametrize(
    ("setting", "missing"),
    [
        ({"DATABASE_URL": "postgresql+psycopg://postgres@127.0.0.1:1/none"}, ["database", "migrations"]),
        ({"BROKER_URL": "amqp://guest:s3cret@127.0.0.1:1//"}, ["broker"]),
    ],
)
def test_what_is_missing_is_named(
    database: str, configure: Callable[..., None], setting: dict[str, str], missing: list[str]
) -> None:
    configure(**setting)
    get_engine.cache_clear()
    answer = app_on(get_settings()).test_client().get("/health/ready")
    checks = answer.get_json()
    assert answer.status_code == 503
    assert [name for name, check in checks.items() if name not in ("ready", "sandbox") and not check["ok"]] == missing
    assert "s3cret" not in answer.text


def test_broker_folder_must_be_a_folder(client: FlaskClient, configure: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    configure(BROKER_FOLDER=tmp_path / "file")
    assert not app_on(get_settings()).test_client().get("/health/ready").get_json()["broker"]["ok"]


@pytest.mark.parametrize(("revision", "is_ready"), [("17f6a94be3c0", False), ("of newer code", True)])
def test_older_tables_are_not_ready_and_newer_ones_are(
    client: FlaskClient, engine: Engine, revision: str, is_ready: bool
) -> None:
    with engine.begin() as connection:
        newest = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    try:
        check = client.get("/health/ready").get_json()["migrations"]
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})
    assert check["ok"] is is_ready
    assert is_ready or "migrate" in check["detail"]


def test_without_a_database_the_answer_is_503(database: str, configure: Callable[..., None]) -> None:
    configure(DATABASE_URL="postgresql+psycopg://postgres@127.0.0.1:1/none")
    get_engine.cache_clear()
    answer = app_on(get_settings()).test_client().get("/parts")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
