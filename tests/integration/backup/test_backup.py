"""A backup is the database and its objects at one moment, and comes back as it was."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Engine, NullPool, create_engine

from benchmarks import stock_invariants
from cli.backup import backup, restore
from cli.backup.repository import MANIFEST, BackupError, held, whole
from cli.client import ServerError
from cli.migrate import config, pending
from models.session import disconnect
from settings import get_settings
from tests.support.apps import app_on
from tests.support.files import pdf
from tests.support.migrating import Migrating, database_of_its_own
from tests.support.rows import new_box, new_part, objects, put_stock, upload

BEFORE_SOURCES = "5b0e6d91c7a3"
READ = ["/parts?limit=100", "/boxes", "/suggestions", "/types", "/stock/history", "/pipelines/runs"]


def run(command_line: Any, *words: object) -> dict[str, Any]:
    answer = CliRunner().invoke(command_line, [*map(str, words), "--json"], catch_exceptions=False)
    assert answer.exit_code == 0
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def newest() -> str:
    return str(ScriptDirectory.from_config(config("postgresql+psycopg://localhost/none")).get_current_head())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def filled(client: FlaskClient) -> FlaskClient:
    """Fill an inventory with parts, stock and documents."""
    new_box(4)
    for number in range(4):
        part = new_part(f"NE55{number}")
        put_stock(part, 1, number + 1, 10 + number, uuid4())
        assert upload(client, part, pdf(f"a timer, {number}")).status_code == 201
    return client


@pytest.fixture
def empty(engine: Engine) -> Iterator[Migrating]:
    """Make a database that has no tables."""
    with database_of_its_own(engine, "restored") as made:
        yield made


@pytest.fixture
def elsewhere(empty: Migrating, configure: Callable[..., None], tmp_path: Path) -> Callable[[], None]:
    """Return a function that lets the settings name an empty installation."""

    def go() -> None:
        disconnect()
        configure(DATABASE_URL=empty.url, STORE_FOLDER=tmp_path / "objects elsewhere")

    return go


def test_restored_installation_answers_as_the_old_one(
    filled: FlaskClient, folder: Path, elsewhere: Callable[[], None]
) -> None:
    before = {path: filled.get(path).get_json() for path in READ}
    paths = [f"/documents/{number}/content" for number in range(1, 5)]
    files = [filled.get(path).data for path in paths]
    keys = objects(filled)
    run(backup, folder)
    elsewhere()

    run(restore, folder)

    client = app_on(get_settings()).test_client()
    assert {path: client.get(path).get_json() for path in READ} == before
    assert objects(client) == keys != []
    assert [client.get(path).data for path in paths] == files
    disconnect()


def test_second_backup_copies_only_what_is_new(filled: FlaskClient, folder: Path) -> None:
    run(backup, folder)
    times = {path: path.stat().st_mtime_ns for path in (folder / "objects").rglob("*") if path.is_file()}
    assert upload(filled, new_part("LM358"), pdf("an op amp")).status_code == 201

    second = run(backup, folder)

    now = {path: path.stat().st_mtime_ns for path in (folder / "objects").rglob("*") if path.is_file()}
    assert times.items() < now.items()
    assert len(now) == second["objects"] == len(times) + 1


def test_backup_during_writes_is_consistent(
    filled: FlaskClient, folder: Path, elsewhere: Callable[[], None], empty: Migrating
) -> None:
    stop = threading.Event()
    part = new_part("BUSY")

    def book() -> None:
        while not stop.is_set():
            put_stock(part, 1, 1, 1, uuid4())

    writer = threading.Thread(target=book)
    writer.start()
    try:
        run(backup, folder)
    finally:
        stop.set()
        writer.join()
    elsewhere()
    run(restore, folder)

    with create_engine(empty.url, poolclass=NullPool).connect() as connection:
        assert set(stock_invariants.broken(connection).values()) == {0}


def test_backup_of_an_older_release_is_migrated(
    engine: Engine, configure: Callable[..., None], folder: Path, elsewhere: Callable[[], None], empty: Migrating
) -> None:
    with database_of_its_own(engine, "older") as older:
        older.upgrade(BEFORE_SOURCES)
        older.run("INSERT INTO parts (id4, manufacturer_code) VALUES ('ABCD', 'NE555P')")
        configure(DATABASE_URL=older.url)
        assert run(backup, folder)["revision"] == BEFORE_SOURCES
    elsewhere()

    run(restore, folder)

    assert empty.rows("SELECT id4 FROM parts") == [("ABCD",)]
    assert pending(empty.url) == []


def test_backup_of_a_newer_release_is_refused(filled: FlaskClient, folder: Path, elsewhere: Callable[[], None]) -> None:
    made = folder / run(backup, folder)["name"] / MANIFEST
    made.write_text(made.read_text().replace(newest(), "ffffffffffff"))
    elsewhere()

    answer = CliRunner().invoke(restore, [str(folder)])

    assert isinstance(answer.exception, ServerError)
    assert "newer release" in str(answer.exception)


@pytest.mark.parametrize("file", ["database", "objects"])
def test_damaged_file_is_noticed(filled: FlaskClient, folder: Path, file: str) -> None:
    made = folder / run(backup, folder)["name"]
    with (made / file).open("ab") as opened:
        opened.write(b" ")

    for words in ((), ("--check",)):
        answer = CliRunner().invoke(restore, [str(folder), *words])
        assert isinstance(answer.exception, BackupError)
        assert f"{made / file} is damaged" in str(answer.exception)


def test_damaged_object_is_noticed(filled: FlaskClient, folder: Path) -> None:
    run(backup, folder)
    assert run(restore, folder, "--check")["objects"] == 4
    first = next(path for path in (folder / "objects").rglob("*") if path.is_file())
    first.write_bytes(bytes(first.stat().st_size))

    answer = CliRunner().invoke(restore, [str(folder), "--check"])

    assert answer.exit_code != 0


def test_object_that_the_store_has_lost_is_named(filled: FlaskClient, folder: Path) -> None:
    lost = objects(filled)[0]
    next(path for path in get_settings().store.folder.rglob(lost.rpartition("/")[2])).unlink()

    answer = CliRunner().invoke(backup, [str(folder)])

    assert isinstance(answer.exception, BackupError)
    assert lost in str(answer.exception)
    assert whole(folder) == []


def test_installation_in_use_is_not_replaced(filled: FlaskClient, folder: Path) -> None:
    run(backup, folder)

    answer = CliRunner().invoke(restore, [str(folder)])

    assert isinstance(answer.exception, BackupError)
    assert "the database has parts" in str(answer.exception)


def test_old_backups_go_and_objects_that_others_need_stay(filled: FlaskClient, folder: Path) -> None:
    run(backup, folder)
    first = whole(folder)[0].rename(folder / "2020-01-01T000000Z")

    run(backup, folder, "--keep", 1)

    assert not first.exists()
    assert run(restore, folder, "--check")["objects"] == 4


def test_folder_without_a_backup_is_named(tmp_path: Path) -> None:
    answer = CliRunner().invoke(restore, [str(tmp_path)])

    assert isinstance(answer.exception, BackupError)
    assert "holds no backup" in str(answer.exception)


def test_backup_that_is_not_finished_counts_for_nothing(filled: FlaskClient, folder: Path) -> None:
    half = folder / "2020-01-01T000000Z.unfinished"
    half.mkdir(parents=True)
    (half / MANIFEST).write_text("{}")

    run(backup, folder)

    assert not half.exists()


def test_two_backups_at_once_do_not_mix(filled: FlaskClient, folder: Path) -> None:
    with held(folder):
        answer = CliRunner().invoke(backup, [str(folder)])

    assert isinstance(answer.exception, BackupError)
    assert "another backup is being written" in str(answer.exception)


def test_folder_that_cannot_be_made_is_named(filled: FlaskClient) -> None:
    answer = CliRunner().invoke(backup, ["/proc/backups"])

    assert isinstance(answer.exception, BackupError)
    assert "/proc/backups" in str(answer.exception)
