"""Imports of parts from a table."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import Part, PartImport
from models.locks import Lock, hold
from schemas.errors import DomainError, NotFound
from schemas.part_import import (
    BadRow,
    ImportCounts,
    ImportOptions,
    ImportPreview,
    ImportReport,
    Quantities,
    RowAction,
    RowPlan,
    RowProblem,
)
from schemas.slot import Slot
from schemas.stock import Count, Receive
from services.box import SlotService
from services.part import PartService
from services.part_import.changes import changes_of
from services.part_import.plan import ImportPlan, PlannedRow, counts, shown
from services.part_import.rows import read_rows
from services.part_import.snapshot import Snapshot
from services.part_import.table import ImportTable, read_table
from services.stock import StockService
from services.type import TypeService
from settings.errors import PartflowError

_FILES = UUID("5f2f1c9e-8a46-4f0c-9d6b-6f3f0f6f2a11")
"The namespace of the IDs of imports."
_REPORTED = 100
"The number of rows between two reports of progress."

_MADE_WITH = ("manufacturer_code", "manufacturer")
"The fields with which a part is created; the others are set afterwards."

Tell = Callable[[int], None]


@dataclass(frozen=True)
class ImportFile:
    """A file as the client sent it."""

    name: str | None
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Planned:
    """A file that was read, with the plan of its rows."""

    table: ImportTable
    rows: list[PlannedRow]
    unread: list[BadRow]
    new_types: list[str]

    @property
    def total(self) -> int:
        """The number of rows, bad ones included."""
        return len(self.table.rows)

    @property
    def bad(self) -> tuple[BadRow, ...]:
        """All bad rows, by line."""
        bad = [BadRow(line=each.row.line, problems=tuple(each.problems)) for each in self.rows if each.problems]
        return tuple(sorted([*self.unread, *bad], key=lambda row: row.line))


class BadRows(PartflowError):
    """A file has bad rows, so nothing of it is imported."""

    def __init__(self, rows: Sequence[BadRow]) -> None:
        super().__init__(rows)
        self.rows = tuple(rows)

    def __str__(self) -> str:
        first = self.rows[0]
        more = f", and {len(self.rows) - 1} more rows" if len(self.rows) > 1 else ""
        return f"line {first.line}: {first.problems[0].message}{more}"


class PartImportService:
    """Applies an import in one transaction: as a whole or not at all, and never twice."""

    @staticmethod
    def plan(session: Session, content: bytes, options: ImportOptions, *, max_rows: int) -> Planned:
        """Read a file and plan each row.

        Raises:
            InvalidInput: the file is not a table, or its columns are not recognised.
        """
        table = read_table(content, columns=options.columns, max_rows=max_rows)
        rows, unread = read_rows(table)
        plan = ImportPlan(Snapshot.take(session, rows), options)
        return Planned(table, plan.rows(rows), unread, list(plan.new_types.values()))

    @staticmethod
    def create(session: Session, import_id: UUID, file: ImportFile, options: ImportOptions, *, total: int) -> bool:
        """Insert an import unless it exists; return whether it is new."""
        row = insert(PartImport).values(
            id=import_id,
            filename=file.name,
            sha256=file.sha256,
            options=options.model_dump(mode="json"),
            content=file.content,
            total=total,
        )
        return session.scalar(row.on_conflict_do_nothing().returning(PartImport.id)) is not None

    @staticmethod
    def find(session: Session, import_id: UUID) -> PartImport | None:
        """Return an import, or None."""
        return session.get(PartImport, import_id, populate_existing=True)

    @staticmethod
    def get(session: Session, import_id: UUID) -> PartImport:
        """Return an import.

        Raises:
            NotFound: the import does not exist.
        """
        found = PartImportService.find(session, import_id)
        if found is None:
            raise NotFound("import", import_id)
        return found

    @staticmethod
    def apply(session: Session, import_id: UUID, *, max_rows: int, tell: Tell) -> ImportReport:
        """Apply the rows, unless that was done before; `tell` receives the number of rows worked through.

        Raises:
            BadRows: the file has bad rows, and the options do not skip them; the transaction must not be committed.
        """
        # An advisory lock instead of a row lock: reports of progress change the row in their own transactions.
        hold(session, Lock.IMPORT, import_id)
        # The tables grow during the import, so plans that were made for small tables would become slow.
        session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        found = PartImportService.get(session, import_id)
        if found.is_applied:
            return ImportReport.model_validate(found.report)
        options = ImportOptions.model_validate(found.options)
        planned = PartImportService.plan(session, found.content or b"", options, max_rows=max_rows)
        _refuse(planned, options)
        _Application(session, found, options, tell).carry_out(planned)
        _refuse(planned, options)
        report = ImportReport(counts=preview_of(planned, options).counts, bad=planned.bad)
        _end(session, import_id, report, applied_at=func.now(), content=None)
        return report

    @staticmethod
    def refuse(session: Session, import_id: UUID, refused: BadRows) -> None:
        """Record the bad rows because of which nothing was imported."""
        _end(session, import_id, ImportReport(counts=ImportCounts(bad=len(refused.rows)), bad=refused.rows))

    @staticmethod
    def report_progress(session: Session, import_id: UUID, done: int) -> None:
        """Record the number of rows worked through."""
        session.execute(update(PartImport).where(PartImport.id == import_id).values(done=done))


def import_key(file: ImportFile, options: ImportOptions, again: str | None) -> UUID:
    """Return the ID of the import of a file; another value of `again` gives another ID."""
    chosen = options.model_dump(mode="json")
    # An import from before these options existed keeps its ID, so that its file is not imported again.
    for name in ("overwrite", "overwrite_lines"):
        if not chosen[name]:
            del chosen[name]
    return uuid5(_FILES, json.dumps([file.sha256, chosen, again]))


def preview_of(planned: Planned, options: ImportOptions) -> ImportPreview:
    """Render a plan row by row."""
    plans = [shown(each, options) for each in planned.rows]
    plans += [RowPlan(line=row.line, action=RowAction.BAD, problems=row.problems) for row in planned.unread]
    return ImportPreview(
        columns=planned.table.columns,
        encoding=planned.table.encoding,
        delimiter=planned.table.delimiter,
        counts=counts(plans),
        rows=tuple(sorted(plans, key=lambda plan: plan.line)),
    )


def _refuse(planned: Planned, options: ImportOptions) -> None:
    if planned.bad and not options.skip_bad_rows:
        raise BadRows(planned.bad)


def _end(session: Session, import_id: UUID, report: ImportReport, **values: object) -> None:
    ended = update(PartImport).where(PartImport.id == import_id)
    session.execute(ended.values(report=report.model_dump(mode="json"), **values))


class _Application:
    def __init__(self, session: Session, found: PartImport, options: ImportOptions, tell: Tell) -> None:
        self._session = session
        self._import = found
        self._options = options
        self._tell = tell
        self._made: dict[str, str] = {}

    def carry_out(self, planned: Planned) -> None:
        for name in planned.new_types:
            if TypeService.find(self._session, name) is None:
                TypeService.create(self._session, name)
        good = [each for each in planned.rows if not each.problems]
        self._lock(good)
        for count, each in enumerate(good, start=1):
            self._try(each)
            if count % _REPORTED == 0:
                self._tell(count + self._import.total - len(good))
        SlotService.release(self._session, self._named(good))

    def _lock(self, rows: Sequence[PlannedRow]) -> None:
        """Lock the parts and slots of rows in the order of stock commands, so that they cannot deadlock."""
        ids = {each.part for each in rows if each.part}
        self._session.execute(select(Part.id4).where(Part.id4.in_(ids)).order_by(Part.id4).with_for_update())
        # New parts without a slot are not put where a later row puts its own.
        SlotService.hold(self._session, self._named(rows))

    def _named(self, rows: Sequence[PlannedRow]) -> Sequence[Slot]:
        return [each.row.slot for each in rows if each.books and each.row.slot]

    def _try(self, planned: PlannedRow) -> None:
        try:
            with self._session.begin_nested():
                self._do(planned)
        except DomainError as refusal:
            field = refusal.details.get("field")
            planned.problems.append(RowProblem(field=str(field) if field else None, message=refusal.message))

    def _do(self, planned: PlannedRow) -> None:
        part = self._part(planned)
        PartService.update(self._session, part, self._changes(planned, part))
        if planned.books:
            StockService.carry_out(self._session, part.id4, self._order(planned))

    def _changes(self, planned: PlannedRow, part: Part) -> Mapping[str, object]:
        if planned.part is None:
            return {name: value for name, value in planned.changes.made.items() if name not in _MADE_WITH}
        if planned.known is None:
            return planned.changes.made
        # A person may have changed the part after it was read and before it was locked.
        return changes_of(part, planned.row, planned.values, self._options).made

    def _part(self, planned: PlannedRow) -> Part:
        if planned.part is not None:
            return PartService.lock(self._session, self._made.get(planned.part, planned.part))
        row = planned.row
        part = PartService.create(self._session, manufacturer_code=row.manufacturer_code, manufacturer=row.manufacturer)
        self._made[planned.key] = part.id4
        return part

    def _order(self, planned: PlannedRow) -> Receive | Count:
        row = planned.row
        common = {
            "command_id": uuid5(self._import.id, str(row.line)),
            "reason": f"import of {self._import.filename or 'a table'}, line {row.line}"[-200:],
            "share": self._options.share,
        }
        if self._options.quantities == Quantities.SET:
            return Count.model_validate({**common, "slot": row.slot, "counted": row.quantity})
        return Receive.model_validate({**common, "slot": row.slot, "quantity": row.quantity})
