"""Exports of the whole inventory as text, in constant memory."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, Text, case, cast, func, literal_column, select
from sqlalchemy.orm import Session

from models import Part, PartLocation, Type
from schemas.csv_cell import guarded
from schemas.export import CSV_COLUMNS, FORMAT
from services.export.kinds import KINDS

_ROWS = 1000
"Rows fetched at a time from a server-side cursor."
_BOM = "\ufeff"
"Without this byte order mark a spreadsheet reads UTF-8 as its local code page."


class ExportService:
    """An export shows one moment of the inventory when its session comes from `snapshot_scope`."""

    @staticmethod
    def export_json_lines(session: Session) -> Iterator[str]:
        """Yield the inventory as JSON Lines, one object with its kind per line; the last line marks it as complete."""
        at = session.scalar(select(func.now()))
        yield _line("partflow", {"format": FORMAT, "at": at.isoformat() if at else None})
        count = 0
        for kind, query in KINDS.items():
            each = query.subquery("each")
            # The database makes the objects several times as fast as Python would.
            objects = select(cast(func.row_to_json(literal_column("each")), Text)).select_from(each)
            for batch in session.scalars(objects.execution_options(yield_per=_ROWS)).partitions():
                count += len(batch)
                yield "".join(f'{{"kind":"{kind}",{text[1:]}\n' for text in batch)
        yield _line("end", {"objects": count})

    @staticmethod
    def export_csv(session: Session) -> Iterator[str]:
        """Yield the parts as CSV; see `CSV_COLUMNS`."""
        yield _BOM + _written([CSV_COLUMNS])
        for batch in session.execute(_parts().execution_options(yield_per=_ROWS)).partitions():
            yield _written([_cell(value) for value in row] for row in batch)


def _parts() -> Select[Any]:
    lies = PartLocation.qty.is_not(None)
    return (
        select(
            Part.id4,
            Part.manufacturer_code,
            Part.manufacturer,
            Type.name,
            Part.description,
            func.array_to_string(Part.tags, ", "),
            Part.seller,
            Part.seller_link,
            case((lies, func.concat(PartLocation.box_no, "-", PartLocation.loc_no)), else_=""),
            func.coalesce(PartLocation.qty, 0),
            case((Part.retired_at.is_not(None), "yes"), else_=""),
        )
        .outerjoin(Type, Type.id == Part.type_id)
        .outerjoin(PartLocation, PartLocation.part_id4 == Part.id4)
        .where(Part.merged_into.is_(None))
        .order_by(Part.id4, PartLocation.box_no, PartLocation.loc_no)
    )


def _cell(value: object) -> object:
    return guarded(value) if isinstance(value, str) else value


def _line(kind: str, values: dict[str, object]) -> str:
    return json.dumps({"kind": kind, **values}, separators=(",", ":")) + "\n"


def _written(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
