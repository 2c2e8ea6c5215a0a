"""A run that older code has started goes on under this code: its rows and its message have the old shape.

The old tables call the position in a chord slot, and so does the output of the step that chooses a datasheet. The
message was published by the code whose newest revision was d070b7545feb.
"""

import hashlib
import json
from pathlib import Path

from clients.object_store import Bucket, content_key
from tests.support.files import pdf
from tests.support.migrating import Migrating
from tests.support.workers import eventually, worker

RUN = "00000000-0000-0000-0000-0000000000aa"
MESSAGE = Path(__file__).parents[2] / "support" / "old_message.json"
EVIDENCE = {"kind": "person", "quote": "NE555P"}
PART = {"manufacturer_code": "NE555P", "confidence": 1.0, "evidence": [EVIDENCE]}
DONE = {
    "part.identify": {"part": PART, "quantity": 5},
    "datasheet.discover": {"leads": [{"url": "https://example.com/a.pdf", "source": "user"}]},
    "datasheet.fetch": {"verdict": "ok", "detail": "it names the part"},
    "datasheet.choose": {"slot": 0, "duplicates": []},
}
LEFT = ("datasheet.ingest", "part.tag", "part.categorise", "part.suggest_slot", "run.finish")
ENDED = "finished_at IS NOT NULL"
STEP = (
    "INSERT INTO pipeline_steps (run_id, name, slot, position, state, output)"
    " VALUES (:run, :name, 0, :position, :state, CAST(:output AS jsonb))"
)


def start_under_old_code(old: Migrating, content: bytes) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    old.run("INSERT INTO parts (id4, manufacturer_code) VALUES ('OLDR', 'NE555P')")
    old.run(
        "INSERT INTO blobs (sha256, bucket, s3_key, size, media_type)"
        " VALUES (:sha256, 'docs', :key, :size, 'application/pdf')",
        sha256=sha256,
        key=content_key(sha256),
        size=len(content),
    )
    old.run(
        "INSERT INTO pipeline_runs (id, pipeline, state, epoch, sent_at, input, part_id4, time_limit)"
        " VALUES (:run, 'part_intake', 'running', 1, now(), CAST(:given AS jsonb), 'OLDR', '1 hour')",
        run=RUN,
        given=json.dumps({"manufacturer_code": "NE555P", "manufacturer": None, "quantity": 5}),
    )
    old.run(
        "INSERT INTO datasheet_candidates (run_id, slot, url, source, verdict, blob_sha256, confidence, chosen)"
        " VALUES (:run, 0, 'https://example.com/a.pdf', 'user', 'ok', :sha256, 0.9, true)",
        run=RUN,
        sha256=sha256,
    )
    for position, name in enumerate([*DONE, *LEFT]):
        state = "succeeded" if name in DONE else "pending"
        output = json.dumps(DONE.get(name))
        old.run(STEP, run=RUN, name=name, position=position, state=state, output=output if name in DONE else None)


def test_run_of_older_code_ends_under_this_code(migrating: Migrating, tmp_path: Path) -> None:
    content = pdf("NE555P precision timer")
    start_under_old_code(migrating, content)
    migrating.upgrade("head")
    stored = tmp_path / "objects" / Bucket.DOCS / content_key(hashlib.sha256(content).hexdigest())
    stored.parent.mkdir(parents=True)
    stored.write_bytes(content)
    queue = tmp_path / "broker" / "queue"
    queue.mkdir(parents=True)
    (queue / "1_old.ingest.msg").write_text(json.dumps(json.loads(MESSAGE.read_text())))
    environment = {
        "PARTFLOW_DATABASE_URL": migrating.url,
        "PARTFLOW_BROKER_URL": "filesystem://",
        "PARTFLOW_BROKER_FOLDER": str(tmp_path / "broker"),
        "PARTFLOW_STORE_FOLDER": str(tmp_path / "objects"),
    }
    log = tmp_path / "worker.log"
    with worker(log, environment, app="tasks"):
        eventually(
            lambda: migrating.rows(f"SELECT 1 FROM pipeline_runs WHERE id = '{RUN}' AND finished_at IS NOT NULL"), log
        )

    steps = dict(migrating.rows(f"SELECT name, state FROM pipeline_steps WHERE run_id = '{RUN}'"))
    assert steps["datasheet.ingest"] == steps["run.finish"] == "succeeded"
    assert migrating.rows("SELECT is_datasheet FROM documents WHERE part_id4 = 'OLDR'") == [(True,)]
    assert migrating.rows(f"SELECT epoch FROM pipeline_runs WHERE id = '{RUN}'") == [(1,)]
