"""The migration that gives the tables the limits of the DTOs: what it cuts, and what stops it."""

import pytest
from alembic.util import CommandError
from sqlalchemy.exc import IntegrityError

from tests.support.migrating import Migrating

BEFORE, REVISION = "6d2b84e0c719", "93f5c7a1e08d"


def test_filled_tables_go_up_and_down(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    before = migrating.content()
    migrating.upgrade(REVISION)
    assert migrating.content() == before
    migrating.downgrade(BEFORE)
    assert migrating.content() == before
    migrating.run("UPDATE boxes SET capacity = 1001, description = repeat('x', 501)")
    with pytest.raises(IntegrityError, match="capacity_positive"):
        migrating.run("UPDATE boxes SET capacity = 0")


CUT = [
    ("parts", "manufacturer", "x" * 300, "x" * 200),
    ("parts", "description", "  ", None),
    ("documents", "original_filename", "x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ("documents", "public_url", "https://x/".ljust(3000, "x"), None),
    ("catalogue_parts", "keywords", "x" * 3000, "x" * 1000),
    ("catalogue_parts", "datasheet_url", "~", None),
]
STOPS = [
    ("UPDATE parts SET manufacturer_code = repeat('x', 101)", "parts: 2 rows break manufacturer_code_length"),
    (
        "UPDATE documents SET public_url = repeat('x', 2001) WHERE kind = 'link'",
        "documents: 1 rows break public_url_len",
    ),
    ("UPDATE projects SET name = ' '", "projects: 1 rows break name_length"),
    ("UPDATE project_requirements SET quantity = 1000001", "project_requirements: 2 rows break quantity_range"),
    ("UPDATE parts SET tags = array_fill('x'::text, ARRAY[51])", "parts: 2 rows break tags_count"),
]


def test_what_machines_have_read_is_cut(migrating: Migrating) -> None:
    for table, column, value, _ in CUT:
        migrating.run(
            f"UPDATE {table} SET {column} = :value WHERE {column} IS NOT NULL AND "
            f"({table!r} <> 'documents' OR to_jsonb({table}) ->> 'kind' = 'pdf')",
            value=value,
        )
    migrating.upgrade(REVISION)
    for table, column, _, kept in CUT:
        assert (kept,) in migrating.rows(f"SELECT {column} FROM {table}")


def test_what_people_have_written_stops_the_upgrade(migrating: Migrating) -> None:
    for statement, _ in STOPS:
        migrating.run(statement)
    with pytest.raises(CommandError) as raised:
        migrating.upgrade(REVISION)
    for _, sentence in STOPS:
        assert sentence in str(raised.value)
    assert str(raised.value).endswith("Correct these rows, then upgrade again.")
