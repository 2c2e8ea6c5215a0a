"""Tables made to take long; the work grows with the size of the file and no faster."""

import time
from collections.abc import Callable

import pytest

from models import Part
from schemas.errors import InvalidInput
from schemas.part_import import ImportField, ImportOptions, ImportRow
from schemas.part_number import canonical_key
from schemas.slot import Slot
from services.part_import.plan import ImportPlan
from services.part_import.snapshot import Snapshot
from services.part_import.table import read_table

ROWS = 10_000
SLOT = Slot(1, 1)


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of some work."""
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize("name", ["c{}", "MPN", "mpn {}"])
def test_a_wide_header_is_refused_at_once(name: str) -> None:
    header = ",".join(name.format(number) for number in range(200_000))
    content = f"MPN,{header}\nLM358{',1' * 200_000}\n".encode()

    def read() -> None:
        with pytest.raises(InvalidInput, match="200001 columns, and an import reads at most 500"):
            read_table(content, columns={}, max_rows=ROWS)

    assert seconds(read) < 5


def planned(parts: list[Part], rows: list[ImportRow], **options: object) -> float:
    """Return the CPU time of planning rows against parts that all have the first row's number and description."""
    alike = rows[0]
    there = Snapshot(
        by_id4={part.id4: part for part in parts},
        by_code={canonical_key(alike.manufacturer_code or ""): parts},
        by_description={(alike.description or "").lower(): parts},
        types={},
        synonyms={},
        slots=frozenset({SLOT}),
        lying={SLOT: dict.fromkeys(part.id4 for part in parts)},
        held={},
        free=1000,
    )
    plan = ImportPlan(there, ImportOptions.model_validate(options))
    return seconds(lambda: plan.rows(rows))


def numbered(count: int) -> list[Part]:
    return [
        Part(id4=f"{number:04}", manufacturer_code="LM358", manufacturer=f"Maker {number}") for number in range(count)
    ]


def rows_of(count: int, **values: object) -> list[ImportRow]:
    return [ImportRow.model_validate({"line": line, **values}) for line in range(2, count + 2)]


@pytest.mark.parametrize(
    ("values", "options"),
    [
        ({"manufacturer_code": "LM358", "manufacturer": "Somebody"}, {}),
        ({"description": "a bag"}, {}),
        ({"id4": "AAAA", "slot": SLOT, "quantity": 1}, {}),
        ({"manufacturer_code": "NE555", "slot": SLOT, "quantity": 1}, {}),
        (
            {"id4": "AAAA", "manufacturer": "Somebody", "seller": "Shop", "description": "other"},
            {"overwrite_lines": tuple(range(20_000, 30_000))},
        ),
    ],
    ids=["same number", "same description", "full slot", "new part for a full slot", "lines to overwrite"],
)
def test_many_rows_about_many_parts_cost_little(values: dict[str, object], options: dict[str, object]) -> None:
    known = Part(
        id4="AAAA", manufacturer_code="LM358", manufacturer="Maker", seller="Theirs", description="mine", set_by={}
    )
    known.set_by = dict.fromkeys(("manufacturer", "seller", "description"), "person")
    parts = [known, *numbered(ROWS)]
    # Ten seconds and more when each row is compared with each part.
    assert planned(parts, rows_of(ROWS, **values), **options) < 5


def test_a_table_may_have_many_columns() -> None:
    header = ",".join(f"c{number}" for number in range(499))
    table = read_table(f"MPN,{header}\nLM358{',1' * 499}\n".encode(), columns={}, max_rows=ROWS)
    assert table.rows == ((2, {ImportField.MANUFACTURER_CODE: "LM358"}),)
