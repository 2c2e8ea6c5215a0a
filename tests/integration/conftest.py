"""A real PostgreSQL for the session, emptied before each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from api.app import create_app
from cli.migrate import migrate
from embedded import private_postgres
from models import Base
from models.session import disconnect, get_engine, session_scope
from tasks.clients import object_store


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """Serve a migrated database."""
    with private_postgres() as url:
        migrate(url)
        yield url


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """Connect to it, past the engine of the application."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(database_url: str, engine: Engine, configure: Callable[..., None], tmp_path: Path) -> Iterator[str]:
    """Empty all tables and let the application use them; broker and object store are folders of the test."""
    tables = ", ".join(Base.metadata.tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    configure(
        DATABASE_URL=database_url,
        BROKER_URL="filesystem://",
        BROKER_FOLDER=tmp_path / "broker",
        STORE_FOLDER=tmp_path / "objects",
    )
    get_engine.cache_clear()
    object_store.cache_clear()
    yield database_url
    object_store.cache_clear()
    disconnect()


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """Open a session whose changes are committed when the test ends."""
    with session_scope() as session:
        yield session


@pytest.fixture
def client(database: str) -> FlaskClient:
    """Call the API on that database."""
    return create_app().test_client()
