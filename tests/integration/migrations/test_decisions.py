"""Suggestions that were decided or waited before decisions could be taken back."""

from tests.support.migrating import Migrating

BEFORE, AFTER = "e0b5c8137fd2", "b41c8e60d9a7"
BOOKED = """
INSERT INTO suggestions (part_id4, field, value, confidence, evidence, state, decided_at)
SELECT part_id4, 'stock', '{"quantity": 5, "slot": "1-1"}', 1, '[]', 'accepted', at
FROM stock_commands WHERE kind = 'receive' AND part_id4 = 'AAAA'
"""


def test_open_promises_last_two_weeks_from_when_they_were_made(migrating: Migrating) -> None:
    migrating.upgrade(AFTER)
    rows = migrating.rows("SELECT field, promised_until - created_at FROM suggestions WHERE promised_until IS NOT NULL")
    assert [(field, lasts.days) for field, lasts in rows] == [("stock", 14)]


def test_bookings_are_found_by_their_moment(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    migrating.run(BOOKED)
    migrating.upgrade(AFTER)
    rows = migrating.rows("SELECT command_id::text FROM suggestions WHERE state = 'accepted' AND field = 'stock'")
    assert rows == [("00000000-0000-0000-0000-00000000000a",)]


def test_tallies_are_what_counting_finds_from_the_first_moment(migrating: Migrating) -> None:
    counted = "SELECT field, state, count(*) FROM suggestions GROUP BY 1, 2 ORDER BY 1, 2"
    summed = "SELECT field, state, sum(change) FROM suggestion_tallies GROUP BY 1, 2 HAVING sum(change) <> 0"
    migrating.upgrade(AFTER)
    assert sorted(migrating.rows(summed)) == migrating.rows(counted)
    migrating.run("UPDATE suggestions SET state = 'rejected' WHERE field = 'tags'")
    migrating.run("DELETE FROM suggestions WHERE field = 'type'")
    assert sorted(migrating.rows(summed)) == migrating.rows(counted)


def test_downgrade_leaves_the_suggestions_as_they_were(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    before = migrating.content()["suggestions"]
    migrating.upgrade(AFTER)
    migrating.downgrade(BEFORE)
    assert migrating.content()["suggestions"] == before
