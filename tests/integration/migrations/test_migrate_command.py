"""`partflow migrate`, as a deploy runs it."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from cli.client import ServerError
from cli.database import migrate_command
from cli.migrate import CHECKOUT, config, migrate, pending

BEFORE_SOURCES = "5b0e6d91c7a3"
"The next revision makes a table that refers to parts, which no transaction may be changing then."


@pytest.fixture
def run(empty_url: str, configure: Callable[..., None]) -> Callable[..., Result]:
    configure(DATABASE_URL=empty_url)
    return lambda *words: CliRunner().invoke(migrate_command, words)


def test_check_names_what_is_missing_and_changes_nothing(run: Callable[..., Result], empty_url: str) -> None:
    names = pending(empty_url)

    answer = run("--check")

    assert answer.exit_code == 1
    assert all(f"missing: {name}" in answer.stderr for name in names)
    assert pending(empty_url) == names != []


def test_migrated_database_lacks_nothing(run: Callable[..., Result], empty_url: str) -> None:
    assert run().exit_code == 0

    assert run("--check").exit_code == 0
    assert pending(empty_url) == []


def test_table_in_use_is_waited_for_no_longer_than_asked(run: Callable[..., Result], empty_url: str) -> None:
    command.upgrade(config(empty_url), BEFORE_SOURCES)
    names = pending(empty_url)
    other = create_engine(empty_url)
    with other.begin() as connection:
        connection.execute(text("LOCK TABLE parts IN ACCESS EXCLUSIVE MODE"))
        answer = run("--lock-seconds", "0.2")
    other.dispose()

    assert isinstance(answer.exception, ServerError)
    assert "nothing was changed" in str(answer.exception)
    assert "--lock-seconds" in str(answer.exception)
    assert pending(empty_url) == names
    assert run().exit_code == 0


def test_slow_statement_is_given_up(run: Callable[..., Result], empty_url: str) -> None:
    answer = run("--statement-seconds", "0.001")

    assert isinstance(answer.exception, ServerError)
    assert "--statement-seconds" in str(answer.exception)
    assert run().exit_code == 0


def test_two_at_once_take_turns(empty_url: str) -> None:
    words = [sys.executable, "-m", "cli", "migrate"]
    environment = {**os.environ, "PARTFLOW_DATABASE_URL": empty_url}
    both = [subprocess.Popen(words, cwd=CHECKOUT, env=environment) for _ in range(2)]

    assert [each.wait() for each in both] == [0, 0]
    assert pending(empty_url) == []


def test_newer_database_is_left_to_newer_programs(run: Callable[..., Result], empty_url: str) -> None:
    migrate(empty_url)
    newer = create_engine(empty_url)
    with newer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffffffffffff'"))
    newer.dispose()

    answer = run()

    assert isinstance(answer.exception, ServerError)
    assert "newer release" in str(answer.exception)


def test_unreachable_database_is_named(configure: Callable[..., None]) -> None:
    configure(DATABASE_URL="postgresql+psycopg://127.0.0.1:1/none")

    answer = CliRunner().invoke(migrate_command)

    assert isinstance(answer.exception, ServerError)
    assert "PARTFLOW_DATABASE_URL" in str(answer.exception)
