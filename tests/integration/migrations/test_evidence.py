"""The migrations that give candidates new verdicts, PDFs their chapters, and documents their evidence."""

from tests.support.migrating import Migrating

VERDICTS, CHAPTERS, EVIDENCE = "c41d7be92f05", "d97a20e6b4c1", "e0b5c8137fd2"
RUN = "00000000-0000-0000-0000-0000000000d1"


def test_old_versions_get_their_verdicts_back(migrating: Migrating) -> None:
    migrating.upgrade(VERDICTS)
    migrating.run("UPDATE datasheet_candidates SET verdict = 'unreadable' WHERE index = 1")
    migrating.run("UPDATE datasheet_candidates SET verdict = 'active_content' WHERE index = 2")
    migrating.downgrade("5a0c37e9b1d2")
    assert migrating.rows("SELECT verdict FROM datasheet_candidates ORDER BY index") == [
        ("ok",),
        ("wrong_part",),
        ("not_pdf",),
    ]


def test_stored_pdfs_are_prepared_again(migrating: Migrating) -> None:
    migrating.upgrade(VERDICTS)
    migrating.run("UPDATE blobs SET prepared_at = now()")
    migrating.upgrade(CHAPTERS)
    pending = migrating.rows("SELECT media_type, prepared_at IS NULL FROM blobs ORDER BY 1")
    assert pending == [("application/pdf", True), ("image/jpeg", False)]
    migrating.downgrade(VERDICTS)


def test_documents_get_the_evidence_that_is_still_there(migrating: Migrating) -> None:
    migrating.upgrade(CHAPTERS)
    migrating.run(
        "INSERT INTO pipeline_steps (run_id, name, index, position, output) VALUES "
        '(:run, \'datasheet.fetch\', 0, 1, \'{"page": 3, "quote": "NE555P timer"}\'), '
        "(:run, 'datasheet.fetch', 1, 2, '{\"page\": null, \"quote\": null}')",
        run=RUN,
    )
    migrating.run(
        "UPDATE datasheet_candidates SET detail = 'the document names NE555P on its first page' WHERE index = 0"
    )
    migrating.upgrade(EVIDENCE)
    assert migrating.rows("SELECT page, quote FROM datasheet_candidates ORDER BY index") == [
        (3, "NE555P timer"),
        (None, None),
        (None, None),
    ]
    (found,), (link,) = migrating.rows("SELECT evidence FROM documents ORDER BY id")
    assert found == {
        "reason": "the document names NE555P on its first page",
        "confidence": 0.9,
        "page": 3,
        "quote": "NE555P timer",
        "source": "user",
        "url": "https://ti.com/ne555.pdf",
    }
    assert link is None
    migrating.downgrade(CHAPTERS)
    migrating.upgrade(EVIDENCE)
    assert migrating.rows("SELECT evidence FROM documents ORDER BY id") == [(found,), (None,)]
