"""Making a backup."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from cli.backup.copy import copy
from cli.backup.dump import dump
from cli.backup.repository import (
    DATABASE,
    OBJECTS,
    BackupError,
    BackupManifest,
    BackupObject,
    begin,
    finish,
    object_store,
)
from clients.object_store import ObjectStore

_BLOBS: Final = text("SELECT bucket, s3_key AS key, size, media_type FROM blobs ORDER BY bucket, s3_key")
_IS_THERE: Final = text("SELECT EXISTS (SELECT FROM blobs WHERE bucket = :bucket AND s3_key = :key)")


def save(
    engine: Engine, url: str, store: ObjectStore, folder: Path, on_object: Callable[[int, int], object]
) -> BackupManifest:
    """Save the database as of one moment, and then the objects that its rows name.

    An object is stored before anything refers to it, and deleted hours after nothing does, so that all are still there.

    Raises:
        BackupError: pg_dump failed, or an object is missing though its row is there.
    """
    made = begin(folder)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        version = str(connection.scalar(text("SHOW server_version")))
        (revision,) = MigrationContext.configure(connection).get_current_heads() or ("",)
        if not revision:
            raise BackupError("the database has no tables; name another in PARTFLOW_DATABASE_URL")
        objects = [BackupObject.model_validate(dict(row)) for row in connection.execute(_BLOBS).mappings()]
        dump(url, made / DATABASE, snapshot=snapshot, major=int(version.partition(".")[0]))
    with engine.connect() as connection:
        there = _copied(connection, objects, store, object_store(folder), on_object)
    with (made / OBJECTS).open("w", encoding="utf-8") as lines:
        lines.writelines(f"{each.model_dump_json()}\n" for each in there)
    return finish(made, revision, version, there)


def _copied(
    connection: Connection,
    objects: Sequence[BackupObject],
    source: ObjectStore,
    target: ObjectStore,
    on_object: Callable[[int, int], object],
) -> list[BackupObject]:
    there = []
    for number, (each, copied) in enumerate(zip(objects, copy(objects, source, target), strict=True), 1):
        if copied:
            there.append(copied)
        elif connection.scalar(_IS_THERE, {"bucket": each.bucket, "key": each.key}):
            raise BackupError(f"the object {each.key} is missing in the store, though the database has it")
        on_object(number, len(objects))
    return there
