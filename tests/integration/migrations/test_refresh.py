"""The migrations that let datasheets be refreshed."""

from tests.support.migrating import Migrating

BEFORE, SOURCES = "ec426b7fbde2", "5c1de90b7a36"


def test_candidates_that_are_still_there_become_sources(migrating: Migrating) -> None:
    migrating.upgrade(SOURCES)
    found = "SELECT part_id4, url, verdict, sha256 IS NOT NULL FROM datasheet_sources ORDER BY url"
    assert migrating.rows(found) == [
        ("AAAA", "https://ti.com/gone.pdf", "ok", False),
        ("AAAA", "https://ti.com/ne555.pdf", "ok", True),
    ]
    migrating.downgrade(BEFORE)
    migrating.upgrade(SOURCES)
    assert len(migrating.rows(found)) == 2
