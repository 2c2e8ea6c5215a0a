from collections.abc import Iterator

import pytest
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint

from models import Base
from models.constraints import SENTENCES, sentence


def constraints() -> Iterator[str]:
    for table in Base.metadata.tables.values():
        kinds = (CheckConstraint, ForeignKeyConstraint, UniqueConstraint)
        yield from (str(each.name) for each in table.constraints if isinstance(each, kinds))
        yield from (str(index.name) for index in table.indexes if index.unique)


def keys() -> set[str]:
    return {str(table.primary_key.name) for table in Base.metadata.tables.values()}


@pytest.mark.parametrize("name", sorted(constraints()))
def test_every_constraint_has_a_sentence(name: str) -> None:
    assert sentence(name)


def test_every_sentence_has_its_constraint() -> None:
    assert set(SENTENCES) <= {*constraints(), *keys()}


def test_foreign_key_names_what_it_refers_to() -> None:
    assert "the slot that is meant is gone" in (sentence("fk_part_locations_box_no_loc_no_locations") or "")


@pytest.mark.parametrize("name", [None, "", "uq_nothing"])
def test_unknown_constraint_has_none(name: str | None) -> None:
    assert sentence(name) is None
