"""Parsing of a table from a spreadsheet, another inventory or a shop: encoding, delimiter and columns."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.errors import InvalidInput
from schemas.part_import import ImportField

_DELIMITERS: Final = (",", ";", "\t", "|")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 20_000
"The number of characters from which the delimiter is detected."

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
    text, encoding = _decoded(content)
    delimiter = max(_DELIMITERS, key=lambda each: _fit(text[:_SAMPLE], each, columns))
    rows = _rows(text, delimiter)
    header = next(rows, (1, []))[1]
    if not header:
        raise InvalidInput("the file is empty; expected a first row with the names of the columns", field="file")
    fields = _understood(header, columns)
    found: list[tuple[int, Mapping[ImportField, str]]] = []
    ragged: set[int] = set()
    for line, cells in rows:
        if len(found) == max_rows:
            raise InvalidInput(
                f"the file has more than {max_rows} rows, the limit of PARTFLOW_API_MAX_IMPORT_ROWS; split the file",
                field="file",
                limit=max_rows,
            )
        if any(cells[len(header) :]):
            ragged.add(line)
        found.append((line, {field: cell for field, cell in zip(fields, cells, strict=False) if field}))
    if not found:
        raise InvalidInput("the file has no rows below the names of its columns; add at least one", field="file")
    return ImportTable(encoding, delimiter, dict(zip(header, fields, strict=True)), tuple(found), frozenset(ragged))


def _decoded(content: bytes) -> tuple[str, str]:
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    for name in [encoding] if encoding else ["utf-8", "cp1252", "latin-1"]:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise InvalidInput("the file is not text; export the table as CSV and send that", field="file")
        return text, name
    raise InvalidInput("the file is damaged: its bytes do not match its byte order mark; export it again", field="file")


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with the line at which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInput(
            f"line {line} is not valid CSV ({error}); correct it, or export the table again", line=line
        ) from error


def _fit(sample: str, delimiter: str, columns: Mapping[str, ImportField | None]) -> tuple[int, int]:
    try:
        header = next(_rows(sample, delimiter), (1, []))[1]
    except InvalidInput:
        return 0, 0
    return sum(name in columns or _plain(name) in _RANKS for name in header), len(header)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.replace("#", "no")).lower()


def _understood(header: Sequence[str], columns: Mapping[str, ImportField | None]) -> list[ImportField | None]:
    """Return the field of each column: the given one, else by its name, where the best known name of a field wins."""
    if unknown := [name for name in columns if name not in header]:
        raise InvalidInput(
            f"column {unknown[0]!r} does not exist; the columns are {', '.join(header)}", field="columns"
        )
    if twice := {name for name in header if header.count(name) > 1 and (name in columns or _plain(name) in _RANKS)}:
        raise InvalidInput(f"two columns have the name {min(twice)!r}; rename one", field="columns")
    taken: dict[ImportField, str] = {}
    for name, field in columns.items():
        if field in taken:
            raise InvalidInput(
                f"columns {taken[field]!r} and {name!r} are both mapped to {field}; choose one", field="columns"
            )
        if field:
            taken[field] = name
    ranked = sorted((_RANKS[_plain(name)], name) for name in header if name not in columns and _plain(name) in _RANKS)
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
