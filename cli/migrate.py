"""Bringing a database to the newest tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

from models.session import session_scope
from schemas.vocabulary import DEFAULT_TYPES
from services.type import TypeService

CHECKOUT = Path(__file__).resolve().parents[1]


def config(database_url: str) -> Config:
    """Return Alembic's configuration for a database; it keeps no connection open."""
    alembic = Config()
    alembic.set_main_option("script_location", str(CHECKOUT / "migrations"))
    alembic.attributes["engine"] = create_engine(database_url, poolclass=NullPool)
    return alembic


def migrate(database_url: str) -> None:
    """Apply every migration that is missing, two at once in turn; a new inventory gets the default types."""
    alembic = config(database_url)
    command.upgrade(alembic, "head")
    with session_scope(alembic.attributes["engine"]) as session:
        if not TypeService.list(session):
            TypeService.ensure(session, DEFAULT_TYPES)
