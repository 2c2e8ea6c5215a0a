"""A location has the number of its box: the migration, and what the database refuses after it."""

import pytest
from alembic.util import CommandError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.session import session_scope
from tests.support.migrating import BEFORE_DEBTS, Migrating
from tests.support.rows import new_box

REVISION = "4c1f0a7d92e6"
NUMBERS = "SELECT box_id, box_no, loc_no FROM locations ORDER BY id"


def test_filled_tables_go_up_and_down(migrating: Migrating) -> None:
    before = migrating.content()
    migrating.upgrade(REVISION)
    assert migrating.content() == before
    migrating.downgrade(BEFORE_DEBTS)
    assert migrating.content() == before
    migrating.run("UPDATE locations SET box_no = 9 WHERE id = 4")
    migrating.run("DELETE FROM boxes WHERE id = 2")
    assert migrating.rows(NUMBERS) == [(1, 1, 1), (1, 1, 2)]


def test_number_of_an_empty_location_is_mended(migrating: Migrating) -> None:
    migrating.run("UPDATE locations SET box_no = 9 WHERE box_id = 2")
    migrating.upgrade(REVISION)
    assert migrating.rows(NUMBERS) == [(1, 1, 1), (1, 1, 2), (2, 2, 1), (2, 2, 2)]


def test_number_of_a_location_in_use_stops_the_upgrade(migrating: Migrating) -> None:
    migrating.run("UPDATE locations SET box_id = 2 WHERE (box_no, loc_no) = (1, 1)")
    with pytest.raises(CommandError, match=r"locations: 1 rows have a box_no .*\(id 1 says 1-1, its box is 2\)"):
        migrating.upgrade(REVISION)
    assert migrating.rows(NUMBERS)[0] == (2, 1, 1)


@pytest.mark.parametrize("of_the_other", [2, 9], ids=["right", "wrong"])
def test_two_locations_for_one_place_stop_the_upgrade(migrating: Migrating, of_the_other: int) -> None:
    migrating.run("UPDATE locations SET box_no = :number WHERE id = 4", number=of_the_other)
    migrating.run("INSERT INTO locations (box_id, box_no, loc_no) VALUES (2, 8, 2)")
    with pytest.raises(CommandError, match=r"locations: 1 rows .* its box is 2"):
        migrating.upgrade(REVISION)


@pytest.mark.parametrize(
    "statement", ["UPDATE locations SET box_no = 2 WHERE loc_no = 3", "UPDATE locations SET box_id = 2"]
)
def test_location_with_the_number_of_another_box_is_refused(database: str, statement: str) -> None:
    new_box(capacity=3)
    new_box(capacity=2)
    with pytest.raises(IntegrityError, match="fk_locations_box_id_box_no_boxes"), session_scope() as session:
        session.execute(text(statement))
