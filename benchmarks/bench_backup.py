"""Whether a backup of a filled inventory comes back as it was, and what it costs."""

import hashlib
import io
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.orm import Session

from benchmarks.inventory_rows import fill, fill_search
from cli.backup import repository, restoring, saving
from cli.migrate import migrate
from clients.object_store import Bucket, FolderStore, content_key
from embedded import private_postgres

_PARTS, _QUICK_PARTS = 10_000, 300
_BYTES: Final = 50_000
"Of a document; every third part has one of its own."
_ADDED: Final = 10
_DOCUMENT: Final = text(
    """
    WITH blob AS (
        INSERT INTO blobs (sha256, bucket, s3_key, size, media_type)
        VALUES (:sha256, 'docs', :key, :size, 'application/pdf') RETURNING sha256
    )
    INSERT INTO documents (part_id4, kind, title, blob_sha256)
    SELECT (SELECT id4 FROM parts ORDER BY id4 OFFSET :number LIMIT 1), 'pdf', 'measured', sha256 FROM blob
    """
)


def run(*, quick: bool, parts: str | None = None) -> dict[str, Any]:
    """Back up, back up again with a few more documents, restore into an empty database and store, and compare."""
    count = int(parts or (_QUICK_PARTS if quick else _PARTS))
    with private_postgres() as url, tempfile.TemporaryDirectory(prefix="partflow-") as name:
        folder = Path(name)
        store, copies = FolderStore(folder / "objects"), FolderStore(folder / "restored")
        engine = create_engine(url, poolclass=NullPool)
        _fill(engine, url, store, count)
        first = _timed(lambda: saving.save(engine, url, store, folder / "backups", lambda *_: None))
        _documents(engine, store, range(count, count + _ADDED), count)
        second = _timed(lambda: saving.save(engine, url, store, folder / "backups", lambda *_: None))
        other = _empty(engine, url)
        copy = create_engine(other, poolclass=NullPool)
        chosen = repository.find(folder / "backups")
        restored = _timed(lambda: restoring.restore(copy, other, copies, chosen, lambda: None))
        before, after = _checksums(engine), _checksums(copy)
        different = [table for table in before if before[table] != after.get(table)]
        lost = set(store.keys(Bucket.DOCS)) ^ set(copies.keys(Bucket.DOCS))
        manifest = repository.read(chosen)
    figures = {
        "parts": count,
        "objects": manifest.objects,
        "megabytes of objects": round(manifest.object_bytes / 1e6),
        "first backup, s": first,
        f"second backup, {_ADDED} documents more, s": second,
        "restore, s": restored,
        "tables compared": len(before),
    }
    checks = [
        _check("tables that differ", len(different), 0),
        _check("objects that differ", len(lost), 0),
        _check("second backup, as a share of the first", round(second / first, 2), 1.0),
    ]
    return {"figures": figures, "checks": checks}


def _fill(engine: Engine, url: str, store: FolderStore, count: int) -> None:
    print(f"partflow: {count} parts", file=sys.stderr)
    migrate(url)
    with Session(engine) as session, session.begin():
        session.execute(text("DELETE FROM types"))
        fill(session, count)
        fill_search(session)
        # Its one document has no bytes.
        session.execute(text("DELETE FROM documents"))
        session.execute(text("DELETE FROM blobs"))
    _documents(engine, store, range(0, count, 3), count)


def _documents(engine: Engine, store: FolderStore, numbers: range, parts: int) -> None:
    with engine.begin() as connection:
        for number in numbers:
            content = random.Random(number).randbytes(_BYTES)
            sha256 = hashlib.sha256(content).hexdigest()
            key = content_key(sha256)
            store.put(Bucket.DOCS, key, io.BytesIO(content), size=_BYTES, media_type="application/pdf")
            given = {"sha256": sha256, "key": key, "size": _BYTES, "number": number % parts}
            connection.execute(_DOCUMENT, given)


def _empty(engine: Engine, url: str) -> str:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE restored"))
    return make_url(url).set(database="restored").render_as_string(hide_password=False)


def _timed(do: Any) -> float:
    began = time.monotonic()
    do()
    return round(time.monotonic() - began, 1)


def _checksums(engine: Engine) -> Mapping[str, Any]:
    """Return a checksum of all rows of each table."""
    with engine.connect() as connection:
        return {
            table: connection.scalar(
                text(f"SELECT sum(('x' || substr(md5(each::text), 1, 15))::bit(60)::bigint) FROM {table} AS each")
            )
            for table in inspect(engine).get_table_names()
        }


def _check(name: str, value: float, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "limit": limit, "ok": value <= limit}
