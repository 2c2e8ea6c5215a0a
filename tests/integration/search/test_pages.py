"""Searching inside datasheets, of which every page has the words of its trade."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from cli.migrate import migrate
from schemas.search import HitKind
from services.search import SearchService
from tests.support.migrating import database_of_its_own
from tests.support.plans import plans_in_use, scans

SHEETS, PAGES = 60, 20
FILL = """
INSERT INTO parts (id4, manufacturer_code)
SELECT 'QQ' || chr(65 + n / 26) || chr(65 + n % 26), 'XZ' || (1000 + n) FROM generate_series(1, :sheets) AS n;
INSERT INTO blobs (sha256, bucket, s3_key, size, media_type)
SELECT repeat('a', 60) || (1000 + n), 'docs', n, 1, 'application/pdf' FROM generate_series(1, :sheets) AS n;
INSERT INTO documents (part_id4, kind, blob_sha256, is_datasheet)
SELECT id4, 'pdf', repeat('a', 60) || right(manufacturer_code, 4), true FROM parts;
INSERT INTO document_pages (blob_sha256, page, text)
SELECT sha256, page, concat_ws(' ', 'The voltage and the current of sheet', right(sha256, 4),
    (SELECT string_agg('filler' || (page * word) % 997, ' ') FROM generate_series(1, 200) AS word),
    CASE WHEN page > 1 THEN 'pinout table' END,
    CASE WHEN page = 7 AND sha256 LIKE '%1033' THEN 'quiescent' END)
FROM blobs, generate_series(1, :pages) AS page
"""


@pytest.fixture(scope="module")
def sheets(engine: Engine) -> Iterator[Engine]:
    """Make a database of datasheets, which tests only read."""
    with database_of_its_own(engine, "sheets") as database:
        migrate(database.url)
        filled = create_engine(database.url)
        with filled.begin() as connection:
            for statement in FILL.split(";\n"):
                connection.execute(text(statement), {"sheets": SHEETS, "pages": PAGES})
        with filled.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        yield filled
        filled.dispose()


def asked(sheets: Engine, query: str) -> tuple[set[tuple[HitKind, int | None]], set[str]]:
    """Return why and on which pages parts were found, and the indexes that were read."""
    with plans_in_use(sheets.url) as (session, plans):
        found = SearchService.find(session, query, limit=10, seconds=60).found
    used = {name for plan in plans for name in scans(plan["Plan"], executed=True)}
    return {(each.why, fragment.page) for each in found for fragment in each.fragments}, used


def test_rare_word_is_found_on_any_page(sheets: Engine) -> None:
    found, used = asked(sheets, "quiescent current")

    assert found == {(HitKind.DATASHEET, 7)}
    assert "ix_document_pages_words" in used


def test_frequent_words_are_found_on_the_fronts_of_datasheets(sheets: Engine) -> None:
    found, used = asked(sheets, "voltage current")

    assert found == {(HitKind.DATASHEET, 1)}
    assert "ix_document_pages_front" in used
    assert "ix_document_pages_words" not in used


def test_frequent_words_that_no_front_has_are_found_inside(sheets: Engine) -> None:
    found, _ = asked(sheets, "pinout table")

    assert found
    assert (HitKind.DATASHEET, 1) not in found


def test_page_with_the_whole_phrase_comes_first(sheets: Engine) -> None:
    with plans_in_use(sheets.url) as (session, _):
        first, *_ = SearchService.find(session, "current of sheet 1033 quiescent", limit=10, seconds=60).found

    assert (first.part.manufacturer_code, first.fragments[0].page) == ("XZ1033", 7)
