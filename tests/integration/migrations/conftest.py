from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, make_url, text


@pytest.fixture
def empty_url(database_url: str, engine: Engine) -> Iterator[str]:
    """Make a database of its own, and drop it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE migrations"))
        yield make_url(database_url).set(database="migrations").render_as_string(hide_password=False)
        connection.execute(text("DROP DATABASE migrations WITH (FORCE)"))
