"""An inventory to search: parts, types, sellers, stock, documents and pages of datasheets."""

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from psycopg import Connection as Driver
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

from benchmarks.search_rows import SEED, Row, letters, rows
from cli.migrate import migrate
from models import Base, DocumentPage, SearchDocument, SearchNumber
from services.search import SearchIndexService

_BATCH: Final = 5_000
_WORDS_ON_A_PAGE: Final = 220
_PAGES_OF_A_SHEET: Final = 20
_INDEXES: Final = text(
    """
    SELECT indexrelname, pg_relation_size(indexrelid) / 1e6 FROM pg_stat_user_indexes
    WHERE relname IN ('search_documents', 'search_numbers')
    """
)

Progress = Callable[[str], None]


class Inventory(NamedTuple):
    """A filled database, its rows, and what filling it took."""

    engine: Engine
    url: str
    rows: Sequence[Row]
    build_seconds: float

    def megabytes(self) -> dict[str, float]:
        """Return the size of each index of what is searched."""
        with self.engine.connect() as connection:
            return {name: round(float(size), 1) for name, size in connection.execute(_INDEXES)}


@contextmanager
def inventory(server: str, parts: int, pages: int, progress: Progress) -> Iterator[Inventory]:
    """Yield a database with so many parts and pages, and drop it."""
    name = f"search_{parts}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template1"))
    url = server.replace("/partflow?", f"/{name}?")
    migrate(url)
    engine = create_engine(url)
    try:
        progress(f"{parts:,} parts")
        made = rows(parts)
        with engine.begin() as connection:
            # The rows that are searched are built afterwards, which is measured.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            driver: Any = connection.connection.driver_connection
            _fill(driver, made)
            progress(f"{pages:,} pages of datasheets")
            with _indexed_afterwards(connection, progress, DocumentPage):
                _fill_pages(driver, made, pages)
        seconds = _build(engine, parts, progress)
        yield Inventory(engine, url, made, seconds)
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def _fill(driver: Driver[Any], made: Sequence[Row]) -> None:
    chance = random.Random(SEED)
    types = {name: number for number, name in enumerate(sorted({_type(row) for row in made}), 1)}
    driver.execute("DELETE FROM types")
    _copy(driver, "types", "id, name", ((number, name) for name, number in types.items()))
    columns = "id4, manufacturer_code, manufacturer, description, tags, type_id, seller"
    _copy(
        driver,
        "parts",
        columns,
        (
            (
                letters(number),
                row.number,
                row.maker[:200] or None,
                row.description[:2000] or None,
                list(row.tags),
                types[_type(row)],
                row.seller,
            )
            for number, row in enumerate(made)
        ),
    )
    boxes = len(made) // 60 + 1
    _copy(driver, "boxes", "id, box_no, description, capacity", ((n, n, f"Box {n}", 60) for n in range(1, boxes + 1)))
    places = [(n // 60 + 1, n % 60 + 1) for n in range(len(made))]
    _copy(driver, "locations", "box_id, box_no, loc_no", ((box, box, loc) for box, loc in places))
    lying = ((letters(n), *places[n], chance.randint(1, 500)) for n in range(len(made)) if chance.random() < 0.7)
    _copy(driver, "part_locations", "part_id4, box_no, loc_no, qty", lying)


def _type(row: Row) -> str:
    return row.type[:50].lower().replace("/", " ")


def _fill_pages(driver: Driver[Any], made: Sequence[Row], pages: int) -> None:
    """Fill in datasheets, each with words of its own subject among those that all have."""
    chance = random.Random(SEED)
    common = " ".join(row.description for row in made[:40]).split()
    sheets = range(-(-pages // _PAGES_OF_A_SHEET))
    keys = [hashlib.sha256(b"%d" % number).hexdigest() for number in sheets]
    _copy(
        driver,
        "blobs",
        "sha256, bucket, s3_key, size, media_type",
        ((k, "docs", k, 1, "application/pdf") for k in keys),
    )
    documents = ((letters(n), "pdf", keys[n], f"{made[n].key}.pdf", True) for n in sheets if n < len(made))
    _copy(driver, "documents", "part_id4, kind, blob_sha256, original_filename, is_datasheet", documents)

    def texts() -> Iterator[tuple[str, int, str]]:
        for number in sheets:
            subject = " ".join(row.description for row in chance.choices(made, k=12)).split() or common
            for page in range(1, min(_PAGES_OF_A_SHEET, pages - number * _PAGES_OF_A_SHEET) + 1):
                words = chance.choices(common, k=_WORDS_ON_A_PAGE // 2) + chance.choices(
                    subject, k=_WORDS_ON_A_PAGE // 2
                )
                yield keys[number], page, " ".join(words)

    _copy(driver, "document_pages", "blob_sha256, page, text", texts())


def _copy(driver: Driver[Any], table: str, columns: str, values: Iterator[tuple[Any, ...]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.SQL(table), sql.SQL(columns))
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for value in values:
            copy.write_row(value)


def _build(engine: Engine, parts: int, progress: Progress) -> float:
    """Build the rows that are searched, and their indexes at once, as the migration does; return the seconds."""
    began = time.perf_counter()
    with engine.begin() as connection, _indexed_afterwards(connection, progress, SearchDocument, SearchNumber):
        for start in range(0, parts, _BATCH):
            progress(f"rows to search, {start:,} of {parts:,}")
            ids = [letters(number) for number in range(start, min(parts, start + _BATCH))]
            connection.execute(text("SELECT search_refresh(CAST(:ids AS char(4)[]))"), {"ids": ids})
    seconds = time.perf_counter() - began
    with Session(engine) as session, session.begin():
        SearchIndexService.learn(session)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return seconds


@contextmanager
def _indexed_afterwards(connection: Connection, progress: Progress, *tables: type[Base]) -> Iterator[None]:
    """Make the indexes of words and numbers at once after the tables are filled, as a migration does."""
    of_tables = (index for table in tables for index in Base.metadata.tables[table.__tablename__].indexes)
    indexes = [index for index in of_tables if index.dialect_options["postgresql"]["using"]]
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        progress(f"index {index.name}")
        index.create(connection)
