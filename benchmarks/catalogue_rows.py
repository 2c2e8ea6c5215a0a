"""Rows of parts that somebody categorised: number, description, keywords and the category."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from schemas.assistant import PartText


class CatalogueRow(NamedTuple):
    """A part in words, and the category it was given."""

    part: PartText
    category: str


def read_rows(data: Path) -> Iterator[CatalogueRow]:
    """Yield the rows of a JSONL file, gzipped or not, that have a number and a `library` or `category`."""
    with gzip.open(data, "rt") if data.suffix == ".gz" else data.open() as lines:
        for line in lines:
            row = json.loads(line)
            category = row.get("library") or row.get("category")
            if row.get("mpn") and category:
                texts = {name: row.get(name) or None for name in ("manufacturer", "description", "keywords")}
                yield CatalogueRow(PartText(manufacturer_code=row["mpn"], **texts), category)


def sample(rows: list[CatalogueRow], size: int) -> list[CatalogueRow]:
    """Return about `size` of the rows, spread evenly."""
    return rows[:: max(1, len(rows) // size)]
