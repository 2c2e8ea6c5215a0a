"""Rows of parts that a person categorised: number, description, keywords and the category."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.rows import read_rows
from schemas.assistant import PartText


class CatalogueRow(NamedTuple):
    """A part in words, and the category it was given."""

    part: PartText
    category: str

    @property
    def is_described(self) -> bool:
        """Whether anything but the number is known of the part."""
        return bool(self.part.description or self.part.keywords)


def categorised(data: Path) -> Iterator[CatalogueRow]:
    """Yield the rows of a JSONL file, gzipped or not, that have a number and a `library` or `category`."""
    for row in read_rows(data, "mpn"):
        category = row.get("library") or row.get("category")
        if row["mpn"] and category:
            texts = {name: row.get(name) or None for name in ("manufacturer", "description", "keywords")}
            yield CatalogueRow(PartText(manufacturer_code=row["mpn"], **texts), category)


def sample(rows: list[CatalogueRow], size: int) -> list[CatalogueRow]:
    """Return about `size` of the rows, spread evenly."""
    return rows[:: max(1, len(rows) // size)]


def share(part: int, whole: int) -> float:
    """Return a share of 1; nothing of nothing is all of it."""
    return round(part / whole, 4) if whole else 1.0


def checked(figures: Mapping[str, float], limits: Mapping[str, float]) -> list[dict[str, object]]:
    """Return for each limit whether its figure reaches it."""
    return [
        {"name": name, "value": figures[name], "limit": limit, "ok": figures[name] >= limit}
        for name, limit in limits.items()
    ]
