"""What must be true afterwards."""

import os
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, select, text

from clients.object_store import Bucket, make_store
from embedded import Stack
from models import Blob
from models.session import disconnect, session_scope
from services.garbage import GarbageService
from settings import get_settings
from tasks.garbage import collect_garbage

_DOUBLED = {
    "parts": "pipeline_runs GROUP BY part_id4",
    "documents": "documents WHERE blob_sha256 IS NOT NULL GROUP BY part_id4, blob_sha256",
    "datasheets of a part": "documents WHERE is_datasheet GROUP BY part_id4",
    "blobs": "blobs GROUP BY sha256",
    "suggestions": "suggestions GROUP BY run_id, field, value",
    "promised slots": (
        "suggestions WHERE field = 'stock' AND state = 'proposed' AND value ->> 'slot' IS NOT NULL"
        " GROUP BY value ->> 'slot'"
    ),
    "history rows": "history GROUP BY command_id, part_id4, box_no, loc_no",
    "chosen datasheets": "datasheet_candidates WHERE chosen GROUP BY run_id",
}
_BROKEN = {
    "stuck runs": "SELECT count(*) FROM pipeline_runs WHERE finished_at IS NULL",
    "stuck steps": "SELECT count(*) FROM pipeline_steps WHERE finished_at IS NULL",
    "parts without a run": (
        "SELECT count(*) FROM parts WHERE NOT EXISTS (SELECT FROM pipeline_runs WHERE part_id4 = id4)"
    ),
    "ended runs that hold a permit": "SELECT count(*) FROM permits WHERE expires_at > now() + interval '10 minutes'",
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
        PARTFLOW_STORE_GARBAGE_GRACE_HOURS="0.000001",
    )
    get_settings.cache_clear()
    store = make_store(get_settings().store)
    # First objects without a row get one, and then what nothing refers to goes.
    for _ in range(2):
        collect_garbage.run()
    with session_scope() as session:
        rows = {blob.s3_key: (Bucket(blob.bucket), blob.size) for blob in session.scalars(select(Blob))}
        left = len(GarbageService.found(session, timedelta(0), limit=10**6))
    disconnect()
    objects = {key for bucket in Bucket for key in store.keys(bucket)}
    return {
        "orphan blobs that cannot be collected": left + len(objects - rows.keys()),
        "blobs whose bytes are gone or others": sum(
            store.size(bucket, key) != size for key, (bucket, size) in rows.items()
        ),
    }


def states(connection: Connection) -> dict[str, int]:
    """Count runs by state."""
    counted = "SELECT state, count(*) AS runs FROM pipeline_runs GROUP BY state ORDER BY state"
    return {row.state: row.runs for row in connection.execute(text(counted))}


def gaps(connection: Connection) -> dict[str, int]:
    """Count why steps gave up."""
    given_up = "FROM pipeline_steps WHERE state IN ('gap', 'failed') GROUP BY reason ORDER BY count(*) DESC"
    return {row.reason: row.steps for row in connection.execute(text(f"SELECT reason, count(*) AS steps {given_up}"))}
