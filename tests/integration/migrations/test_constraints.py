"""The constraints of a migrated database are those of the models, which `alembic check` compares in part only."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from models import Base

NAME = "from_models"
CONSTRAINTS = text(
    "SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conrelid::regclass::text = ANY(:tables)"
)


@pytest.fixture
def from_models(engine: Engine) -> Iterator[Engine]:
    """Make a database of the models alone, and drop it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {NAME}"))
        made = create_engine(engine.url.set(database=NAME))
        try:
            with made.begin() as inside:
                inside.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
                # What an index asks for; that no model has functions is why search_documents has a migration.
                inside.execute(
                    text("CREATE FUNCTION search_deletions(text, int) RETURNS int[] IMMUTABLE RETURN NULL::int[]")
                )
            Base.metadata.create_all(made)
            yield made
        finally:
            made.dispose()
            connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))


def constraints(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return dict(connection.execute(CONSTRAINTS, {"tables": list(Base.metadata.tables)}).all())


def test_migrations_make_the_constraints_of_the_models(engine: Engine, from_models: Engine) -> None:
    assert constraints(engine) == constraints(from_models)
