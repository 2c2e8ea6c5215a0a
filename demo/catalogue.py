"""The demo's parts catalogue: what several distributors say of the same parts, and parts easily taken for them."""

import csv
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase

from demo.parts import DemoPart, demo_parts
from demo.places import path_of
from schemas.identification import CatalogueEntry

DECOYS = Path(__file__).parent / "decoys.csv"
SOURCE = "demo-distributor-"


def catalogue_rows(site: str) -> tuple[CatalogueEntry, ...]:
    """Return the catalogue, with datasheets at `site`, an address without a slash at the end."""
    return (*(row for part in demo_parts() for row in _offers(part, site)), *_decoys())


def _offers(part: DemoPart, site: str) -> Iterator[CatalogueEntry]:
    for letter, lead in zip(ascii_lowercase, part.leads, strict=False):
        yield CatalogueEntry(
            source=SOURCE + letter,
            manufacturer_code=part.number,
            manufacturer=part.maker,
            description=part.title,
            keywords=part.keywords,
            type_name=part.type_name,
            datasheet_url=site + path_of(lead, part),
        )


def _decoys() -> Iterator[CatalogueEntry]:
    with DECOYS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield CatalogueEntry(
                source=SOURCE + "a",
                manufacturer_code=row["number"],
                manufacturer=row["manufacturer"],
                description=row["description"],
                type_name=row["type"],
            )
