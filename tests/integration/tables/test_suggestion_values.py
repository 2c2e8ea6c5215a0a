"""The value of a suggestion fits its field: the migration, and what the database refuses as the DTOs do."""

import json
from typing import Any

import pytest
from alembic.util import CommandError
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError

from models import Suggestion
from models.session import session_scope
from schemas.suggestion import DatasheetValue, PartNumberValue, SamePartValue, StockValue, SuggestionField
from schemas.tag import TagWord
from schemas.type import TypeName
from tests.support.migrating import Migrating
from tests.support.rows import new_part

BEFORE, REVISION = "0e93d6f4a1b5", "6d2b84e0c719"
PART_NUMBER, SAME_PART, TAGS, TYPE, STOCK, DATASHEET = SuggestionField

SAME = {"part": "VPWT", "manufacturer_code": None, "manufacturer": "TI", "match": "same_number", "sure": True}

LATER = {"sha256": "a" * 64, "document": 7, "before": {"pages": 1}, "after": {"pages": 2}, "summary": "page 2 is new"}

DTOS: dict[SuggestionField, TypeAdapter[Any]] = {
    PART_NUMBER: TypeAdapter(PartNumberValue),
    SAME_PART: TypeAdapter(SamePartValue),
    TAGS: TypeAdapter(tuple[TagWord, ...]),
    TYPE: TypeAdapter(TypeName),
    STOCK: TypeAdapter(StockValue),
    DATASHEET: TypeAdapter(DatasheetValue),
}
FIT: list[tuple[SuggestionField, object]] = [
    (PART_NUMBER, {"manufacturer_code": "N" * 100, "manufacturer": None}),
    (PART_NUMBER, {"manufacturer_code": "+5", "manufacturer": "TI", "description": "a timer"}),
    (SAME_PART, SAME),
    (SAME_PART, {**SAME, "match": "same_photo", "run": "00000000-0000-0000-0000-000000000001"}),
    (TAGS, []),
    (TAGS, ["dip", "8 pins"]),
    (TYPE, "T" * 100),
    (STOCK, {}),
    (STOCK, {"quantity": 1_000_000_000, "slot": "999999-999999", "lot": "L", "date_code": None, "origin": "MY"}),
]
FIT.append((DATASHEET, LATER))
MISFIT: list[tuple[SuggestionField, object]] = [
    (PART_NUMBER, None),
    (PART_NUMBER, "NE555P"),
    (PART_NUMBER, {}),
    (PART_NUMBER, {"manufacturer_code": None}),
    (PART_NUMBER, {"manufacturer_code": 555}),
    (PART_NUMBER, {"manufacturer_code": "-/-"}),
    (PART_NUMBER, {"manufacturer_code": "N" * 101}),
    (PART_NUMBER, {"manufacturer_code": "NE555P", "manufacturer": ["TI"]}),
    (PART_NUMBER, {"manufacturer_code": "NE555P", "description": 7}),
    (TAGS, "dip"),
    (TAGS, {"dip": 1}),
    (TAGS, ["dip", None]),
    (TAGS, [["dip"]]),
    (TAGS, [""]),
    (TYPE, ["Timer"]),
    (TYPE, ""),
    (TYPE, "T" * 101),
    (STOCK, []),
    (STOCK, {"quantity": 0}),
    (STOCK, {"quantity": 1_000_000_001}),
    (STOCK, {"quantity": 1.5}),
    (STOCK, {"quantity": "many"}),
    (STOCK, {"quantity": [5]}),
    (STOCK, {"slot": "7"}),
    (STOCK, {"slot": "7-3-1"}),
    (STOCK, {"slot": "07-3"}),
    (STOCK, {"slot": 7}),
    (STOCK, {"lot": 7}),
    (STOCK, {"origin": {}}),
]

MISFIT_SINCE: list[tuple[SuggestionField, object]] = [
    (SAME_PART, "VPWT"),
    (SAME_PART, {**SAME, "part": "vpwt"}),
    (SAME_PART, {**SAME, "part": None}),
    (SAME_PART, {**SAME, "match": "alike"}),
    (SAME_PART, {**SAME, "sure": "yes!"}),
    (DATASHEET, "a" * 64),
    (DATASHEET, {**LATER, "sha256": "A" * 64}),
    (DATASHEET, {**LATER, "document": "seven"}),
]
"of fields that came later than the migration"


def insert(field: SuggestionField, value: object) -> None:
    part = new_part()
    with session_scope() as session:
        session.add(Suggestion(part_id4=part, field=field, value=value, confidence=1, evidence=[]))


@pytest.mark.parametrize(("field", "value"), FIT, ids=str)
def test_value_that_fits_is_taken(database: str, field: SuggestionField, value: object) -> None:
    DTOS[field].validate_python(value)
    insert(field, value)


@pytest.mark.parametrize(
    ("field", "value"), [*(each for each in MISFIT if each[1] is not None), *MISFIT_SINCE], ids=str
)
def test_what_the_dto_refuses_the_database_refuses(database: str, field: SuggestionField, value: object) -> None:
    with pytest.raises(ValidationError):
        DTOS[field].validate_python(value)
    with pytest.raises(IntegrityError, match=f"ck_suggestions_{field}_value"):
        insert(field, value)


def test_filled_tables_go_up_and_down(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    before = migrating.content()
    migrating.upgrade(REVISION)
    migrating.downgrade(BEFORE)
    assert migrating.content() == before
    migrating.run("UPDATE suggestions SET value = '7'")


def test_values_that_do_not_fit_stop_the_upgrade(migrating: Migrating) -> None:
    for field, value in MISFIT:
        migrating.run(
            "INSERT INTO suggestions (part_id4, field, value, confidence, evidence)"
            " VALUES ('AAAA', :field, CAST(:value AS jsonb), 1, '[]')",
            field=field.value,
            value=json.dumps(value),
        )
    with pytest.raises(CommandError, match=rf"suggestions: {len(MISFIT)} rows .*\(part_number: id 5, 6, .*stock: id"):
        migrating.upgrade(REVISION)
    migrating.run("DELETE FROM suggestions WHERE id > 4")
    migrating.upgrade(REVISION)
