"""Reading the rows that evaluations are asked over."""

import gzip
import json
from pathlib import Path
from typing import Any

from schemas.errors import InvalidInput


def read_rows(data: Path, *fields: str) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file, gzipped or not, each of which has these fields.

    Raises:
        InvalidInput: a line is not such an object; names the file, the line and the field.
    """
    rows = []
    try:
        with gzip.open(data, "rt", encoding="utf-8") if data.suffix == ".gz" else data.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    rows.append(_row(line, fields, f"{data}, line {number}"))
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{data} is not text in UTF-8: {error.reason}", file=str(data)) from error
    if not rows:
        raise InvalidInput(f"{data} has no rows; it should hold one JSON object a line", file=str(data))
    return rows


def _row(line: str, fields: tuple[str, ...], where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InvalidInput(f"{where}: not JSON ({error}); it should be one object", line=where) from error
    if not isinstance(row, dict):
        raise InvalidInput(f"{where}: not a JSON object", line=where)
    for field in fields:
        if field not in row:
            raise InvalidInput(f"{where}: the field {field} is missing; see docs/evaluations.md", field=field)
    return row
