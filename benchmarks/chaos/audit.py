"""What must be true afterwards."""

import hashlib
import os
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, select, text

from clients.object_store import Bucket, make_store
from embedded import Stack
from models import Blob
from models.session import disconnect, session_scope
from services.document import GarbageService
from settings import get_settings
from tasks.garbage import collect_garbage

_DOUBLED = {
    "parts": "pipeline_runs GROUP BY part_id4",
    "documents": "documents WHERE kind = 'image' GROUP BY part_id4",
    "datasheets of a part": "documents WHERE is_datasheet GROUP BY part_id4",
    # A run proposes tags that are sure beside those that are not, several numbers when markings contradict, and asks of
    # several parts whether its own is one of them.
    "suggestions": (
        "suggestions GROUP BY run_id, field, CASE WHEN field IN ('tags', 'part_number', 'same_part') THEN value END"
    ),
    "kept slots": (
        "suggestions WHERE field = 'stock' AND state = 'proposed' AND value ->> 'slot' IS NOT NULL"
        " GROUP BY value ->> 'slot'"
    ),
    # The load books each part once, whatever the command's id.
    "history rows": "history GROUP BY part_id4",
    "chosen datasheets": "datasheet_candidates WHERE chosen GROUP BY run_id",
}
_BROKEN = {
    "stuck runs": "SELECT count(*) FROM pipeline_runs WHERE finished_at IS NULL",
    "stuck steps": "SELECT count(*) FROM pipeline_steps WHERE finished_at IS NULL",
    "parts without a run": (
        "SELECT count(*) FROM parts WHERE NOT EXISTS (SELECT FROM pipeline_runs WHERE part_id4 = id4)"
    ),
    "accepted bookings without history": (
        "SELECT count(*) FROM suggestions WHERE field = 'stock' AND state = 'accepted'"
        " AND NOT EXISTS (SELECT FROM history WHERE history.part_id4 = suggestions.part_id4)"
    ),
    "parts whose history is not their stock": (
        "SELECT count(*) FROM parts WHERE coalesce((SELECT sum(delta_qty) FROM history WHERE part_id4 = id4), 0)"
        " <> coalesce((SELECT sum(qty) FROM part_locations WHERE part_id4 = id4), 0)"
    ),
}


def audit(connection: Connection, accepted: Collection[UUID]) -> dict[str, int]:
    """Count what is lost, stuck, there twice or broken; all of it should be nothing."""
    known = set(connection.execute(text("SELECT id FROM pipeline_runs")).scalars())
    found = {"runs lost": len(set(accepted) - known), "runs nobody asked for": len(known - set(accepted))}
    for name, key in _DOUBLED.items():
        doubled = f"SELECT count(*) FROM (SELECT 1 FROM {key} HAVING count(*) > 1) AS doubled"
        found[f"duplicate {name}"] = connection.execute(text(doubled)).scalar_one()
    for name, broken in _BROKEN.items():
        found[name] = connection.execute(text(broken)).scalar_one()
    return found


def audit_objects(stack: Stack) -> dict[str, int]:
    """Collect garbage as the schedule does in time, then compare what rows say with what is in the object store."""
    os.environ.update(
        PARTFLOW_DATABASE_URL=stack.address.database_url,
        PARTFLOW_STORE_FOLDER=str(stack.layout.objects),
        PARTFLOW_RETENTION_GARBAGE_GRACE_HOURS="0.000001",
    )
    get_settings.cache_clear()
    store = make_store(get_settings().store)
    # First objects without a row get one, and then what nothing refers to goes.
    for _ in range(2):
        collect_garbage.run()
    with session_scope() as session:
        rows = {blob.s3_key: blob.sha256 for blob in session.scalars(select(Blob))}
        left = len(GarbageService.list(session, timedelta(0), limit=10**6))
    disconnect()
    # Past the store, which would not read what is damaged.
    stored = [(key, _sha256(stack.layout.objects / bucket / key)) for bucket in Bucket for key in store.keys(bucket)]
    return {
        "duplicate blobs": len(stored) - len({sha256 for _key, sha256 in stored}),
        "orphan blobs that cannot be collected": left + sum(key not in rows for key, _digest in stored),
        "blobs whose bytes are gone or others": len(rows.items() - set(stored)),
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def states(connection: Connection) -> dict[str, int]:
    """Count runs by state."""
    counted = "SELECT state, count(*) AS runs FROM pipeline_runs GROUP BY state ORDER BY state"
    return {row.state: row.runs for row in connection.execute(text(counted))}


def gaps(connection: Connection) -> dict[str, int]:
    """Count why steps gave up."""
    given_up = "FROM pipeline_steps WHERE state IN ('gap', 'failed') GROUP BY reason ORDER BY count(*) DESC"
    return {row.reason: row.steps for row in connection.execute(text(f"SELECT reason, count(*) AS steps {given_up}"))}
