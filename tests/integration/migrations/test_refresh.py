"""The migrations that let datasheets be refreshed."""

from tests.support.migrating import Migrating

BEFORE, SOURCES, REVISIONS, DRIFT = "5b0e6d91c7a3", "5c1de90b7a36", "9e40c7d2f5b1", "17f6a94be3c0"
PROPOSED = """
INSERT INTO suggestions (part_id4, field, value, confidence, evidence)
SELECT part_id4, 'datasheet', jsonb_build_object('sha256', blob_sha256, 'document', id), 0.9, '[]'
FROM documents WHERE kind = 'pdf'
"""


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


def test_proposed_datasheets_are_forgotten_on_the_way_down_and_documents_stay(migrating: Migrating) -> None:
    migrating.upgrade(SOURCES)
    before = migrating.content()
    migrating.upgrade(REVISIONS)
    assert migrating.run(PROPOSED) == 1
    migrating.run("UPDATE documents SET revision_of = 1 WHERE id = 2")
    migrating.downgrade(SOURCES)
    after = migrating.content()
    for content in (before, after):
        content.pop("suggestion_tallies")
    assert after == before
    assert migrating.rows("SELECT count(*) FROM suggestion_tallies WHERE field = 'datasheet'") == [(0,)]


def test_what_nights_remember_is_forgotten_on_the_way_down(migrating: Migrating) -> None:
    migrating.upgrade(REVISIONS)
    before = migrating.content()
    migrating.upgrade(DRIFT)
    migrating.run("INSERT INTO part_upkeep (part_id4, pipeline, started_at) VALUES ('AAAA', 'retag', now())")
    migrating.run(
        "INSERT INTO drifts (run_id, part_id4, night, field, cause, kind, outcome, added)"
        " SELECT id, part_id4, '2026-11-28', 'tags', 'rules', 'added', 'set', '{smd}' FROM pipeline_runs"
    )
    migrating.downgrade(REVISIONS)
    assert migrating.content() == before
