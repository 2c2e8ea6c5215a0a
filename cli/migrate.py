"""Bringing a database to the newest tables."""

from pathlib import Path
from typing import NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

from models.session import session_scope
from schemas.vocabulary import DEFAULT_TYPES
from services.type import TypeService

CHECKOUT = Path(__file__).resolve().parents[1]


class MigrationLimits(NamedTuple):
    """Seconds that a migration waits for a table that others use, and that one of its statements may take."""

    lock_seconds: float = 5
    statement_seconds: float = 900


def config(database_url: str, limits: MigrationLimits | None = None) -> Config:
    """Return Alembic's configuration for a database; it keeps no connection open."""
    alembic = Config()
    alembic.set_main_option("script_location", str(CHECKOUT / "migrations"))
    alembic.attributes["engine"] = create_engine(database_url, poolclass=NullPool)
    alembic.attributes["limits"] = limits or MigrationLimits()
    return alembic


def pending(database_url: str) -> list[str]:
    """Return the migrations that a database lacks, the oldest first.

    Raises:
        CommandError: the database is of a release that this program does not know.
    """
    alembic = config(database_url)
    with alembic.attributes["engine"].connect() as connection:
        applied = MigrationContext.configure(connection).get_current_heads()
    scripts = ScriptDirectory.from_config(alembic)
    scripts.get_revisions(applied)
    missing = scripts.iterate_revisions("heads", applied or "base")
    return [f"{each.revision} {each.doc}" for each in missing][::-1]


def upgrade(database_url: str, limits: MigrationLimits | None = None) -> None:
    """Apply every migration that is missing, two at once in turn."""
    command.upgrade(config(database_url, limits), "head")


def migrate(database_url: str, limits: MigrationLimits | None = None) -> None:
    """Apply every migration that is missing; a new inventory gets the default types."""
    upgrade(database_url, limits)
    with session_scope(create_engine(database_url, poolclass=NullPool)) as session:
        if not TypeService.list(session):
            TypeService.ensure(session, DEFAULT_TYPES)
