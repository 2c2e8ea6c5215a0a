"""What the doctor says of broken databases."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text

from cli.doctor import database as doctor
from cli.migrate import config
from schemas.doctor import Health
from tests.integration.doctor.conftest import Look, must_say
from tests.support.migrating import Migrating, database_of_its_own

Configure = Callable[..., None]


@pytest.fixture
def strict(engine: Engine) -> Iterator[str]:
    """Let a user in who needs a password; yields the address without it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        rules = Path(str(connection.scalar(text("SHOW hba_file"))))
        before = rules.read_text("utf-8")
        rules.write_text("local all doctor scram-sha-256\n" + before, "utf-8")
        connection.execute(text("CREATE ROLE doctor LOGIN PASSWORD 'right'"))
        connection.execute(text("SELECT pg_reload_conf()"))
        try:
            yield f"postgresql+psycopg://doctor:{{}}@/partflow?host={engine.url.query['host']}"
        finally:
            rules.write_text(before, "utf-8")
            connection.execute(text("DROP ROLE doctor"))
            connection.execute(text("SELECT pg_reload_conf()"))


@pytest.fixture
def own(engine: Engine, configure: Configure) -> Iterator[Migrating]:
    """Make an empty database, and let the settings name it."""
    with database_of_its_own(engine, "doctor") as made:
        configure(DATABASE_URL=made.url)
        yield made


def test_wrong_password(strict: str, configure: Configure, look: Look) -> None:
    configure(DATABASE_URL=strict.format("wrong"))

    must_say(look(doctor.EXAMINATIONS, "database"), "refuses the password of doctor", "PARTFLOW_DATABASE_URL")


def test_right_password_is_fine(strict: str, configure: Configure, look: Look) -> None:
    configure(DATABASE_URL=strict.format("right"))

    assert look(doctor.EXAMINATIONS, "database").health == Health.FINE


@pytest.mark.parametrize(
    ("address", "culprit", "way_out"),
    [
        ("postgresql+psycopg://127.0.0.1:1/none", "nothing listens at 127.0.0.1:1", "start PostgreSQL"),
        ("postgresql+psycopg://no.such.host.invalid/none", "no.such.host.invalid:5432 is not known", "name server"),
    ],
)
def test_server_that_is_not_there(address: str, culprit: str, way_out: str, configure: Configure, look: Look) -> None:
    configure(DATABASE_URL=address)

    must_say(look(doctor.EXAMINATIONS, "database"), culprit, way_out)
    assert look(doctor.EXAMINATIONS, "migrations").health == Health.SKIPPED


def test_database_that_does_not_exist(engine: Engine, configure: Configure, look: Look) -> None:
    configure(DATABASE_URL=engine.url.set(database="nowhere").render_as_string(hide_password=False))

    must_say(look(doctor.EXAMINATIONS, "database"), "no database nowhere", "createdb nowhere")


def test_extension_that_is_missing(own: Migrating, look: Look) -> None:
    own.run("DROP EXTENSION IF EXISTS pg_trgm CASCADE")

    must_say(look(doctor.EXAMINATIONS, "extensions"), "lacks the extension pg_trgm", "CREATE EXTENSION pg_trgm")


def test_migrations_behind(own: Migrating, look: Look) -> None:
    command.upgrade(config(own.url), "8dfb841c5439")

    must_say(look(doctor.EXAMINATIONS, "migrations"), "lacks", "partflow migrate")


def test_database_of_a_newer_release(own: Migrating, look: Look) -> None:
    own.run("CREATE TABLE alembic_version (version_num text)")
    own.run("INSERT INTO alembic_version VALUES ('ffffffffffff')")

    must_say(look(doctor.EXAMINATIONS, "migrations"), "newer release", "programs of that release")


def test_clocks_that_differ(database: str, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    monkeypatch.setattr("cli.doctor.database.time.time", lambda: real() - 600)

    found = look(doctor.EXAMINATIONS, "database clock")

    must_say(found, "600 s ahead of this machine's", "time server", Health.WARNING)


def test_working_database_is_fine(database: str, look: Look) -> None:
    assert {look(doctor.EXAMINATIONS, check.name).health for check in doctor.EXAMINATIONS} == {Health.FINE}
