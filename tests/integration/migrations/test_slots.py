"""An inventory from before slots were kept by rows of their own, and parts of one type had an order."""

from tests.support.migrating import Migrating

BEFORE, ORDER, SLOTS = "9c4e71f0a3d8", "3f1b6a92c4de", "a7d2c05e8b14"
FREE = "SELECT box_no, loc_no FROM locations WHERE is_free ORDER BY 1, 2"


def test_slots_that_were_promised_are_kept(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    migrating.run("UPDATE suggestions SET promised_until = NULL WHERE field = 'stock'")
    migrating.upgrade(SLOTS)
    assert migrating.rows("SELECT box_no, loc_no, part_id4 FROM slot_reservations") == [(2, 1, "AAAA")]
    assert migrating.rows(FREE) == [(2, 2)]


def test_slots_are_free_when_the_time_of_their_promise_was_over(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    migrating.run("UPDATE suggestions SET promised_until = now() - interval '1 day' WHERE field = 'stock'")
    migrating.upgrade(SLOTS)
    assert migrating.rows(FREE) == [(2, 1), (2, 2)]


def test_resistors_are_in_the_order_of_their_values(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    migrating.run("UPDATE parts SET description = '4k7 1%' WHERE id4 = 'BBBB'")
    migrating.upgrade(ORDER)
    assert migrating.rows("SELECT name, unit FROM types ORDER BY name") == [("Resistor", "ohm"), ("Timer", None)]
    assert migrating.rows("SELECT id4, kin_order FROM parts ORDER BY id4") == [
        ("AAAA", " NE00000555P"),
        ("BBBB", "05447 RC00000402FR00000074K00000007L"),
    ]


def test_downgrade_leaves_the_rows_as_they_were(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    before = migrating.content()
    migrating.upgrade(SLOTS)
    migrating.downgrade(BEFORE)
    assert migrating.content() == before
