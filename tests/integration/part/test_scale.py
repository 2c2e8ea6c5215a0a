"""With 100,000 parts, what a page costs does not depend on how deep it is, and filters go through indexes."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from schemas.cursor import Cursor
from schemas.part import PartQuery, PartSort
from services.part import PartDuplicateService, PartListService
from services.project import CoverageService, ProjectService
from services.tag import TagService
from tests.support.plans import explain, scans

PAGE = 50


class Cost(NamedTuple):
    """What PostgreSQL says of the statements that a call sent."""

    milliseconds: float
    pages: int
    "of shared buffers that were looked at"
    scans: frozenset[str]
    "indexes that were used, and tables that were read from end to end"


def cost(engine: Engine, call: Callable[[Session], object]) -> Cost:
    """Return what the statements of a call cost."""
    plans = explain(engine, call)
    return Cost(
        milliseconds=sum(plan["Execution Time"] for plan in plans),
        pages=sum(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in plans),
        scans=frozenset(name for plan in plans for name in scans(plan["Plan"])),
    )


def page(**query: Any) -> Callable[[Session], object]:
    return lambda session: PartListService.list(session, PartQuery(**query))


def cursor_at(engine: Engine, sort: str, row: int) -> str:
    """Return the cursor of a page that ends with a row, counted from 1."""
    columns = {"id4": "id4", "created": "created_at", "updated": "updated_at", "code": "code_order"}
    column, way = columns[sort.removeprefix("-")], "DESC" if sort.startswith("-") else "ASC"
    query = f"SELECT {column}, id4 FROM parts ORDER BY {column} {way}, id4 {way} OFFSET {row - 1} LIMIT 1"
    with engine.connect() as connection:
        value, key = connection.execute(text(query)).one()
    return str(Cursor(sort=sort, value=value if isinstance(value, str) else value.isoformat(), key=key))


@pytest.mark.parametrize("sort", PartSort)
def test_page_1000_costs_what_page_1_does(inventory: Engine, sort: PartSort) -> None:
    deep = cursor_at(inventory, sort, 999 * PAGE)
    first, last = cost(inventory, page(sort=sort)), cost(inventory, page(sort=sort, after=deep))
    print(f"{sort}: page 1 {first}, page 1,000 {last}")
    assert last.pages <= first.pages * 1.5
    assert "parts" not in first.scans | last.scans


FILTERS: list[dict[str, Any]] = [
    {"type": "Type 2"},
    {"type": "Type 39"},
    {"tag": "tag-1"},
    {"tag": "tag-190"},
    {"tag": "rare-7"},
    {"code": "RC0603FR-0750000KL-EMBOSSED-TAPE"},
    {"manufacturer": "Yageo"},
    {"manufacturer": "Acme"},
    {"box": 77},
    {"without_datasheet": True},
    {"without_datasheet": False},
    {"needs_review": True},
    {"needs_review": False},
    {"out_of_stock": True},
    {"out_of_stock": False},
    {"retired": True},
    {"type": "Type 2", "tag": "kind-3", "out_of_stock": True, "without_datasheet": True},
]


@pytest.mark.parametrize("query", FILTERS, ids=str)
@pytest.mark.parametrize("sort", ["id4", "-updated", "code"])
def test_filters_never_read_all_parts(inventory: Engine, query: dict[str, Any], sort: str) -> None:
    spent = cost(inventory, page(sort=sort, **query))
    print(f"{sort} {query}: {spent}")
    assert "parts" not in spent.scans
    assert spent.pages <= 10_000


@pytest.mark.parametrize("code", ["RC0603FR-0750001KL-EMBOSSED-TAPE", "SN7474N", "LM358"])
def test_duplicates_are_found_through_the_indexes(inventory: Engine, code: str) -> None:
    spent = cost(inventory, lambda session: PartDuplicateService.list(session, code))
    print(f"{code}: {spent}")
    assert spent.scans == {"ix_parts_loose_key_near", "ix_parts_loose_key"}


def test_parts_of_a_tag_are_found_through_the_gin_index(inventory: Engine) -> None:
    spent = cost(inventory, lambda session: PartListService.list(session, PartQuery(tag="rare-7")))
    assert "ix_parts_tags" in spent.scans


def test_tags_are_counted_in_one_pass(inventory: Engine) -> None:
    spent = cost(inventory, lambda session: TagService.list(session, limit=1000))
    print(spent)
    assert spent.scans == {"parts", "tag_synonyms"}


PROJECTS = """
    INSERT INTO projects (name, builds) SELECT 'project ' || n, 2 FROM generate_series(1, 50) n;
    INSERT INTO project_requirements (project_id, part_id4, quantity)
    SELECT id, id4, 1 FROM projects, (SELECT id4 FROM parts ORDER BY md5(id4) LIMIT 200) AS needed;
    INSERT INTO shopping_list (project_id, part_id4, quantity)
    SELECT project_id, part_id4, 1 FROM project_requirements;
    ANALYZE projects, project_requirements, shopping_list
"""


def test_coverage_reads_only_what_the_project_needs(inventory: Engine) -> None:
    with Session(inventory) as session, session.begin():
        session.execute(text(PROJECTS))
        cover = CoverageService.list(session, ProjectService.get(session, 1), 1)
    assert (len(cover), {each.reserved for each in cover}, {each.coming for each in cover}) == (200, {98}, {1})
    spent = cost(inventory, lambda session: CoverageService.list(session, ProjectService.get(session, 1), 1))
    print(spent)
    assert "parts" not in spent.scans
    assert "part_locations" not in spent.scans
    assert spent.pages <= 10_000
