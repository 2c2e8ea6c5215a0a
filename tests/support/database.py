"""A real PostgreSQL for the session, emptied before each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

import pgchords
from api.http.transaction import PartflowFlask
from benchmarks.inventory_rows import fill, fill_search
from cli.migrate import migrate
from models import Base
from models.session import disconnect, get_engine, session_scope
from services.search import SearchIndexService
from settings import get_settings
from tasks.clients import object_store
from tests.support import servers
from tests.support.apps import app_on
from tests.support.migrating import Migrating, database_of_its_own

EMPTY = text(
    f"""
    DO $$
    DECLARE
        tables regclass[] := ARRAY{[*Base.metadata.tables, *pgchords.metadata.tables]};
        each regclass;
    BEGIN
        -- As TRUNCATE does, wait for what an earlier test still has open; then rows go in any order.
        EXECUTE 'LOCK TABLE ' || array_to_string(tables, ', ');
        SET LOCAL session_replication_role = replica;
        FOREACH each IN ARRAY tables LOOP
            IF pg_relation_size(each) > 65536 THEN
                EXECUTE 'TRUNCATE ' || each || ' CASCADE';
            ELSE
                EXECUTE 'DELETE FROM ' || each;
            END IF;
        END LOOP;
        PERFORM setval(format('%I.%I', schemaname, sequencename), 1, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
    END $$
    """
)
"Truncating all would take a tenth of a second for each test, because it makes all files of all tables anew."

PARTS = 100_000


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve a migrated database."""
    with servers.postgres(request.config) as url:
        migrate(url)
        yield url


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """Connect to it, past the engine of the application."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


_engines: dict[str, Engine] = {}


def _engine(url: str, **options: Any) -> Engine:
    """Return one engine for all tests, so that each statement is compiled once; `disconnect` closes its connections."""
    key = f"{url} {options}"
    if key not in _engines:
        _engines[key] = create_engine(url, **options)
    return _engines[key]


@pytest.fixture(scope="session")
def filled(engine: Engine) -> Iterator[str]:
    """Make a filled database whose tables are those before the debts of the schema were paid."""
    with database_of_its_own(engine, "filled") as database:
        database.fill()
        database.dispose()
        yield "filled"


@pytest.fixture(scope="session")
def inventory(engine: Engine) -> Iterator[Engine]:
    """Make a database with 100,000 parts, which tests only read."""
    with database_of_its_own(engine, "scale") as database:
        migrate(database.url)
        scale = create_engine(database.url)
        with Session(scale) as session, session.begin():
            session.execute(text("DELETE FROM types"))
            fill(session, PARTS)
            fill_search(session)
        yield scale
        scale.dispose()


WRONGLY_FREE = text(
    """SELECT box_no, loc_no FROM locations WHERE is_free = (
        EXISTS (SELECT FROM part_locations AS used
            WHERE (used.box_no, used.loc_no) = (locations.box_no, locations.loc_no))
        OR EXISTS (SELECT FROM slot_reservations AS used
            WHERE (used.box_no, used.loc_no) = (locations.box_no, locations.loc_no))
    )"""
)
"The locations whose mark differs from what lies there and is kept."


@pytest.fixture
def migrating(engine: Engine, filled: str) -> Iterator[Migrating]:
    """Copy the filled database for one test, which may migrate it."""
    with database_of_its_own(engine, "migrating", template=filled) as database:
        yield database


@pytest.fixture
def database(
    database_url: str,
    engine: Engine,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[str]:
    """Empty all tables and let the application use them; broker and object store are folders of the test."""
    monkeypatch.setattr("models.session.create_engine", _engine)
    with engine.begin() as connection:
        connection.execute(EMPTY)
    configure(
        DATABASE_URL=database_url,
        # A slow machine holds locks for long.
        DATABASE_LOCK_SECONDS=120,
        BROKER_URL="filesystem://",
        BROKER_FOLDER=tmp_path / "broker",
        STORE_FOLDER=tmp_path / "objects",
    )
    get_engine.cache_clear()
    object_store.cache_clear()
    yield database_url
    object_store.cache_clear()
    disconnect()
    with Session(engine) as session:
        # Whatever a test wrote, by whichever endpoint, command or statement.
        assert list(SearchIndexService.list_stale(session)) == []
        assert session.execute(WRONGLY_FREE).all() == []


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """Open a session whose changes are committed when the test ends."""
    with session_scope() as session:
        yield session


@pytest.fixture
def app(database: str) -> PartflowFlask:
    """The API on that database."""
    return app_on(get_settings())


@pytest.fixture
def client(app: PartflowFlask) -> FlaskClient:
    """Call the API."""
    return app.test_client()
