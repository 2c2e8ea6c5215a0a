"""Applying an import: all or nothing, once, and visible while it goes on."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select

from models import History, Part, PartLocation, StockCommand
from models.session import session_scope
from schemas.part_import import ImportOptions, ImportReport
from services.part_import import ImportFile, PartImportService, import_key
from tests.support.rows import new_box

ROWS = 250


@pytest.fixture
def import_id(database: str) -> UUID:
    """An import of many rows that is to be applied."""
    new_box(ROWS)
    rows = (f"N{number},{number},1-{number}\n" for number in range(1, ROWS + 1))
    file, options = ImportFile("many.csv", ("MPN,Qty,Slot\n" + "".join(rows)).encode()), ImportOptions()
    key = import_key(file, options, None)
    with session_scope() as session:
        assert PartImportService.create(session, key, file, options, total=ROWS)
        assert not PartImportService.create(session, key, file, options, total=ROWS)
    return key


def applied(import_id: UUID) -> ImportReport:
    with session_scope() as session:
        return PartImportService.apply(session, import_id, max_rows=ROWS, tell=lambda _done: None)


def counted(table: type[Part] | type[StockCommand] | type[History] | type[PartLocation]) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_progress_is_seen_from_outside_before_anything_counts(import_id: UUID) -> None:
    seen: list[tuple[int, int]] = []

    def tell(done: int) -> None:
        with session_scope() as session:
            PartImportService.report_progress(session, import_id, done)
        with session_scope() as session:
            seen.append((PartImportService.get(session, import_id).done, counted(Part)))

    with session_scope() as session:
        PartImportService.apply(session, import_id, max_rows=ROWS, tell=tell)

    assert seen == [(100, 0), (200, 0)]
    assert counted(Part) == ROWS


def test_worker_that_dies_in_the_middle_leaves_nothing(import_id: UUID) -> None:
    def die(done: int) -> None:
        raise ConnectionError(f"killed after {done} rows")

    with pytest.raises(ConnectionError), session_scope() as session:
        PartImportService.apply(session, import_id, max_rows=ROWS, tell=die)

    assert (counted(Part), counted(StockCommand)) == (0, 0)
    assert applied(import_id).counts.create == ROWS
    assert (counted(Part), counted(StockCommand)) == (ROWS, ROWS)


def test_two_workers_at_once_apply_it_once(import_id: UUID) -> None:
    with ThreadPoolExecutor(2) as workers:
        reports = list(workers.map(applied, [import_id] * 2))

    assert reports[0] == reports[1]
    assert (counted(Part), counted(History), counted(PartLocation)) == (ROWS, ROWS, ROWS)
