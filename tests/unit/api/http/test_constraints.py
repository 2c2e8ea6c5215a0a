from collections.abc import Iterator

import pytest
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint

from api.http.constraints import sentence
from models import Base


def constraints() -> Iterator[str]:
    for table in Base.metadata.tables.values():
        kinds = (CheckConstraint, ForeignKeyConstraint, UniqueConstraint)
        yield from (str(each.name) for each in table.constraints if isinstance(each, kinds))
        yield from (str(index.name) for index in table.indexes if index.unique)


@pytest.mark.parametrize("name", sorted(constraints()))
def test_every_constraint_has_a_sentence_of_its_own(name: str) -> None:
    assert sentence(name) != sentence(None)
    assert "the row that" not in sentence(name)


def test_foreign_key_names_what_it_refers_to() -> None:
    assert "the slot no longer exists" in sentence("fk_part_locations_box_no_loc_no_locations")


@pytest.mark.parametrize("name", [None, "", "uq_nothing"])
def test_unknown_constraint_is_still_a_sentence(name: str | None) -> None:
    assert "read it again" in sentence(name)
