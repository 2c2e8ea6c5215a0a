"""Parsing of the cells of rows into values or problems."""

import re
from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.csv_cell import unguarded
from schemas.part_import import BadRow, ImportField, ImportRow, RowProblem
from schemas.stock import MAX_QUANTITY
from services.part_import.table import ImportTable

_WHOLE = re.compile(r"(\d+)(?:\.0{1,2})?(?:\s*(?:x|×|pcs?\.?|pieces?|stk\.?|st\.?|ea\.?))?", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d)[,' \u00a0\u202f](?=\d{3}(?!\d))")
_BETWEEN_TAGS = re.compile(r"[,;|]")


def read_rows(table: ImportTable) -> tuple[list[ImportRow], list[BadRow]]:
    """Return the rows that can be parsed, and those that cannot."""
    good: list[ImportRow] = []
    bad: list[BadRow] = []
    for line, cells in table.rows:
        row = _too_long(line) if line in table.ragged else _read(line, cells)
        if isinstance(row, BadRow):
            bad.append(row)
        else:
            good.append(row)
    return good, bad


def _too_long(line: int) -> BadRow:
    problem = "the row has more cells than the table has columns; quote text that contains the delimiter"
    return BadRow(line=line, problems=(RowProblem(field=None, message=problem),))


def _read(line: int, cells: Mapping[ImportField, str]) -> ImportRow | BadRow:
    texts = {field: text for field, cell in cells.items() if (text := unguarded(cell))}
    values: dict[str, object] = {field.value: _value(field, text) for field, text in texts.items()}
    try:
        row = ImportRow.model_validate({"line": line, **values})
    except ValidationError as error:
        return BadRow(line=line, problems=tuple(_problem(each, texts) for each in error.errors(include_url=False)))
    if row.id4 or row.manufacturer_code or row.description:
        return row
    problem = "the row names no part; fill in an id4, a part number or a description"
    return BadRow(line=line, problems=(RowProblem(field=None, message=problem),))


def _value(field: ImportField, text: str) -> object:
    match field:
        case ImportField.TAGS:
            return tuple(filter(None, (tag.strip() for tag in _BETWEEN_TAGS.split(text))))
        case ImportField.QUANTITY:
            whole = _WHOLE.fullmatch(_THOUSANDS.sub("", text))
            return int(whole[1]) if whole and len(whole[1]) < 20 else text
        case _:
            return text


def _problem(error: ErrorDetails, texts: Mapping[ImportField, str]) -> RowProblem:
    field = ImportField(str(error["loc"][0]))
    match field:
        case ImportField.SLOT:
            why = "expected box and location, such as 7-3; correct it, or leave the column out"
        case ImportField.QUANTITY:
            why = f"expected a whole number of pieces, at most {MAX_QUANTITY}"
        case ImportField.ID4:
            why = "expected the four letters of a part"
        case _:
            why = error["msg"].removeprefix("Value error, ")
    return RowProblem(field=field, message=f"{field} {texts[field][:80]!r}: {why}")
