"""The table that an import reads: its rows, and what its columns mean."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clients.column_names import plain
from clients.csv_file import read_csv
from schemas.errors import InvalidInput
from schemas.part_import import MAX_COLUMNS, MAX_NAME, ImportField

_NAMES: Final[Mapping[ImportField, str]] = {
    ImportField.ID4: "id4, partflow id, bag, letters",
    ImportField.MANUFACTURER_CODE: (
        "manufacturer code, mpn, manufacturer part number, manufacturer part no, manufacturer part, manufacture part "
        "number, mfr part number, mfr part no, mfr part, mfrpn, mfg part number, mfg part no, mfg part, mfr no, part "
        "number, part no, pn, ipn, part, part name, component, name, value, article, teilenummer, bezeichnung"
    ),
    ImportField.MANUFACTURER: "manufacturer, mfr, mfg, maker, manufacturer name, brand, hersteller",
    ImportField.TYPE: "type, category, part type, kind, kategorie, typ",
    ImportField.DESCRIPTION: (
        "description, desc, part description, product description, details, summary, comment, note, notes, beschreibung"
    ),
    ImportField.TAGS: "tags, keywords, labels, schlagworte",
    ImportField.SELLER: "seller, supplier, vendor, distributor, shop, lieferant",
    ImportField.SELLER_LINK: "seller link, supplier link, product link, product url, order url, url, link",
    ImportField.SLOT: "slot, location, storage location, storage, bin, place, position, lagerort, lagerplatz",
    ImportField.QUANTITY: (
        "quantity, qty, in stock, stock, on hand, order qty, amount, count, pcs, pieces, menge, anzahl, bestand"
    ),
}
"The usual names of columns, best first."
_RANKS: Final = {
    re.sub(r"\W", "", name): (rank, field)
    for field, names in _NAMES.items()
    for rank, name in enumerate(names.split(","))
}


@dataclass(frozen=True)
class ImportTable:
    """A parsed table, with its format; each of `rows` is the line at which it begins and its cells by field."""

    encoding: str
    delimiter: str
    columns: dict[str, ImportField | None]
    rows: tuple[tuple[int, Mapping[ImportField, str]], ...]
    ragged: frozenset[int]
    "the lines of rows with more cells than the table has columns"


def read_table(content: bytes, *, columns: Mapping[str, ImportField | None], max_rows: int) -> ImportTable:
    """Read a table whose first row names its columns; `columns` maps unusual names to fields.

    Raises:
        InvalidInput: the file is not text, has no rows or too many, or its columns are not recognised.
    """
    file = read_csv(content, given=columns, known=_RANKS, max_rows=max_rows)
    if not file.header:
        file.refuse_damage()
        raise InvalidInput("the file is empty; expected a first row with the names of the columns", field="file")
    _refuse_width(file.header)
    fields = _understood(file.header, columns)
    file.refuse_damage()
    if len(file.rows) > max_rows:
        raise InvalidInput(
            f"the file has more than {max_rows} rows, the limit of PARTFLOW_API_MAX_IMPORT_ROWS; split the file",
            field="file",
            limit=max_rows,
        )
    if not file.rows:
        raise InvalidInput("the file has no rows below the names of its columns; add at least one", field="file")
    rows = (
        (line, {field: cell for field, cell in zip(fields, cells, strict=False) if field}) for line, cells in file.rows
    )
    named = dict(zip(file.header, fields, strict=True))
    return ImportTable(file.encoding, file.delimiter, named, tuple(rows), file.ragged)


def _refuse_width(header: Sequence[str]) -> None:
    """Refuse a table that is too wide, before its columns are compared with each other."""
    if len(header) > MAX_COLUMNS:
        raise InvalidInput(
            f"the file has {len(header)} columns, and an import reads at most {MAX_COLUMNS}; leave out those that it "
            "does not need",
            field="file",
            limit=MAX_COLUMNS,
        )
    if long := next((name for name in header if len(name) > MAX_NAME), None):
        raise InvalidInput(
            f"column {long[:20]!r}… has a name of {len(long)} characters, and the limit is {MAX_NAME}; shorten it",
            field="file",
            limit=MAX_NAME,
        )


def _understood(header: Sequence[str], columns: Mapping[str, ImportField | None]) -> list[ImportField | None]:
    """Return the field of each column: the given one, else by its name, where the best known name of a field wins."""
    if unknown := [name for name in columns if name not in header]:
        raise InvalidInput(
            f"column {unknown[0]!r} does not exist; the columns are {', '.join(header)}", field="columns"
        )
    times = Counter(header)
    if twice := {name for name in times if times[name] > 1 and (name in columns or plain(name) in _RANKS)}:
        raise InvalidInput(f"two columns have the name {min(twice)!r}; rename one", field="columns")
    taken: dict[ImportField, str] = {}
    for name, field in columns.items():
        if field in taken:
            raise InvalidInput(
                f"columns {taken[field]!r} and {name!r} are both mapped to {field}; choose one", field="columns"
            )
        if field:
            taken[field] = name
    ranked = sorted((_RANKS[plain(name)], name) for name in header if name not in columns and plain(name) in _RANKS)
    for (_rank, field), name in ranked:
        taken.setdefault(field, name)
    if not {ImportField.ID4, ImportField.MANUFACTURER_CODE, ImportField.DESCRIPTION} & taken.keys():
        raise InvalidInput(
            f"no column is recognised as the part number; map one of these in columns: {', '.join(header)}",
            field="columns",
            columns=list(header),
        )
    held = {name: field for field, name in taken.items()}
    return [held.get(name) for name in header]
