"""The database refuses what the DTOs refuse: too long, blank or malformed text, and numbers out of their range."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import CheckConstraint
from sqlalchemy.exc import IntegrityError

from models import Base
from schemas.box import BoxDescription, Capacity
from schemas.catalogue import CatalogueText, WebAddress
from schemas.document import Title
from schemas.pdf import Label, Level
from schemas.project import Designators, PerBuild, Placeholder, PlannedBuilds, ProjectName
from schemas.stock import Quantity, Reason
from schemas.tag import TagWord
from schemas.text import Address, Code, Line, Text
from schemas.type import TypeName
from tests.support.migrating import Migrating

REVISION = "93f5c7a1e08d"

ADAPTERS: dict[str, TypeAdapter[Any]] = {
    "boxes.capacity": TypeAdapter(Capacity),
    "boxes.description": TypeAdapter(BoxDescription),
    "catalogue_parts.datasheet_url": TypeAdapter(WebAddress),
    "catalogue_parts.description": TypeAdapter(CatalogueText),
    "catalogue_parts.keywords": TypeAdapter(CatalogueText),
    "catalogue_parts.manufacturer": TypeAdapter(Line),
    "catalogue_parts.manufacturer_code": TypeAdapter(Code),
    "catalogue_parts.type_name": TypeAdapter(Line),
    "document_chapters.label": TypeAdapter(Label),
    "document_chapters.level": TypeAdapter(Level),
    "document_chapters.title": TypeAdapter(Line),
    "documents.public_url": TypeAdapter(Address),
    "documents.title": TypeAdapter(Title),
    "history.reason": TypeAdapter(Reason),
    "part_sellers.link": TypeAdapter(Address),
    "part_sellers.order_code": TypeAdapter(Code),
    "part_sellers.seller": TypeAdapter(Line),
    "parts.description": TypeAdapter(Text),
    "parts.manufacturer": TypeAdapter(Line),
    "parts.manufacturer_code": TypeAdapter(Code),
    "parts.seller": TypeAdapter(Line),
    "parts.seller_link": TypeAdapter(Address),
    "project_requirements.designators": TypeAdapter(Designators),
    "project_requirements.note": TypeAdapter(Text),
    "project_requirements.placeholder": TypeAdapter(Placeholder),
    "project_requirements.quantity": TypeAdapter(PerBuild),
    "projects.builds": TypeAdapter(PlannedBuilds),
    "projects.description": TypeAdapter(Text),
    "projects.name": TypeAdapter(ProjectName),
    "shopping_list.note": TypeAdapter(Text),
    "shopping_list.quantity": TypeAdapter(Quantity),
    "shopping_list.seller": TypeAdapter(Line),
    "shopping_list.seller_link": TypeAdapter(Address),
    "shopping_list.text": TypeAdapter(Line),
    "tag_synonyms.synonym": TypeAdapter(TagWord),
    "tag_synonyms.tag": TypeAdapter(TagWord),
    "types.name": TypeAdapter(TypeName),
}
NOT_IN_DTOS = {"datasheet_sources.url", "documents.original_filename", "idempotency_keys.key", "part_imports.filename"}
"what the API's plumbing cuts or refuses"

LIMITS = {
    f"{table.name}.{each.info['column']}": each
    for table in Base.metadata.tables.values()
    for each in table.constraints
    if isinstance(each, CheckConstraint) and each.info
}
OTHERS = [
    ("UPDATE parts SET tags = array_fill('x'::text, ARRAY[51])", "ck_parts_tags_count"),
    ("UPDATE parts SET tags = '{\"\"}'", "ck_parts_tags_words"),
    ("UPDATE parts SET tags = '{NULL}'", "ck_parts_tags_words"),
    ("UPDATE parts SET tags = ARRAY['a', repeat('x', 51)]", "ck_parts_tags_words"),
    ("UPDATE parts SET manufacturer_code = '-/-'", "ck_parts_manufacturer_code_length"),
    ("UPDATE types SET name = 'IC/Timer' WHERE id = 1", "ck_types_name_in_address"),
    ("UPDATE types SET name = E'IC\\x1fTimer' WHERE id = 1", "ck_types_name_in_address"),
    ("UPDATE catalogue_parts SET source = 'KiCad'", "ck_catalogue_parts_source_word"),
    ("UPDATE catalogue_parts SET datasheet_url = 'ftp://ti.com'", "ck_catalogue_parts_datasheet_url_length"),
    ("UPDATE blobs SET sha256 = repeat('A', 64)", "ck_blobs_sha256_hex"),
    ("UPDATE blobs SET sha256 = 'abc'", "ck_blobs_sha256_hex"),
    ("UPDATE datasheet_candidates SET confidence = 1.1", "ck_datasheet_candidates_confidence_range"),
    ("UPDATE datasheet_candidates SET confidence = 'NaN'", "ck_datasheet_candidates_confidence_range"),
    ("UPDATE ai_calls SET input_tokens = -1", "ck_ai_calls_usage_not_negative"),
    ("UPDATE ai_calls SET cost_usd = -0.01", "ck_ai_calls_usage_not_negative"),
]
TAKEN = [
    "UPDATE parts SET tags = array_fill(repeat('x', 50), ARRAY[50])",
    "UPDATE types SET name = 'Реле – 5 V' WHERE id = 1",
    "UPDATE boxes SET description = ''",
]


def of_length(column: str, length: int) -> str:
    # Another letter for each column, since a synonym is not one of itself.
    return ("https://example.com/" if column.endswith(("link", "_url")) else "").ljust(length, column[-1])


def edges(column: str, limit: CheckConstraint) -> tuple[list[object], list[object]]:
    """Return the outermost values that are good, and the next to them that are bad."""
    most = limit.info["most"]
    if "least" in limit.info:
        return [limit.info["least"], most], [limit.info["least"] - 1, most + 1]
    blank: list[object] = [] if column == "boxes.description" else ["", " "]
    return [of_length(column, most)], [of_length(column, most + 1), *blank]


def update(migrating: Migrating, column: str, value: object) -> None:
    table, name = column.split(".")
    row = f"(SELECT ctid FROM {table} WHERE {name} IS NOT NULL ORDER BY ctid DESC LIMIT 1)"
    assert migrating.run(f"UPDATE {table} SET {name} = :value WHERE ctid = {row}", value=value) == 1


def test_every_limit_of_a_table_is_one_of_a_dto() -> None:
    assert set(LIMITS) == set(ADAPTERS) | NOT_IN_DTOS


@pytest.mark.parametrize("column", ADAPTERS)
def test_dto_has_the_limit_of_the_table(column: str) -> None:
    good, bad = edges(column, LIMITS[column])
    for value in good:
        assert ADAPTERS[column].validate_python(value) == value
    for value in bad:
        with pytest.raises(ValidationError):
            ADAPTERS[column].validate_python(value)


def test_table_has_its_limits(migrating: Migrating) -> None:
    migrating.run("UPDATE datasheet_candidates SET blob_sha256 = NULL")
    migrating.upgrade("head")
    migrating.run("UPDATE part_sellers SET order_code = 'C7950'")
    migrating.run("INSERT INTO document_chapters SELECT sha256, 1, 1, 'Pins', 1, 'i' FROM blobs")
    for column, limit in LIMITS.items():
        good, bad = edges(column, limit)
        for value in good:
            update(migrating, column, value)
        for value in bad:
            with pytest.raises(IntegrityError, match=rf"\"{limit.name}\""):
                update(migrating, column, value)


def test_table_refuses_what_is_malformed(migrating: Migrating) -> None:
    migrating.upgrade(REVISION)
    for statement in TAKEN:
        migrating.run(statement)
    for statement, name in OTHERS:
        with pytest.raises(IntegrityError, match=name):
            migrating.run(statement)
