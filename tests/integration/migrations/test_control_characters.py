"""Texts with control characters, as they were stored before none was."""

from tests.support.migrating import Migrating

BEFORE, AFTER = "5d0c7e1fa932", "9c4e71f0a3d8"
STORED = r"""
UPDATE parts SET manufacturer = E'TI\x1b[2J', description = E'a\r\nb\x07' WHERE id4 = 'AAAA';
UPDATE pipeline_runs SET input = '{"code": "[)>\u001e06\u001d1PNE555P\u0004", "kept": "C:\\u001b", "n": 1}';
"""


def test_stored_control_characters_become_pictures(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    for statement in STORED.strip().splitlines():
        migrating.run(statement)
    migrating.upgrade(AFTER)

    assert migrating.rows("SELECT manufacturer, description FROM parts WHERE id4 = 'AAAA'") == [("TI␛[2J", "a\nb␇")]
    assert migrating.rows("SELECT DISTINCT input FROM pipeline_runs") == [
        ({"code": "[)>␞06␝1PNE555P␄", "kept": "C:\\u001b", "n": 1},)
    ]


def test_other_rows_are_untouched(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    before = migrating.content()
    migrating.upgrade(AFTER)
    assert migrating.content() == before
    migrating.downgrade(BEFORE)
    assert migrating.content() == before
