"""Restoring a backup."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from cli.backup.copy import copy
from cli.backup.dump import load
from cli.backup.repository import DATABASE, BackupError, BackupManifest, object_store, objects_of, read
from cli.migrate import config, upgrade
from clients.object_store import ObjectStore

_MUST_BE_EMPTY: Final = ("parts", "boxes", "documents", "projects")


def restore(engine: Engine, url: str, store: ObjectStore, backup: Path, on_object: Callable[[], object]) -> None:
    """Put the objects into the store, and then the tables into the database, and migrate them.

    Raises:
        BackupError: the backup is damaged, or something is there that it would replace.
        CommandError: the backup is of a newer release.
    """
    manifest = read(backup)
    ScriptDirectory.from_config(config(url)).get_revision(manifest.revision)
    _must_be_empty(engine)
    store.ready()
    for each in copy(objects_of(backup), object_store(backup.parent), store):
        if each is None:
            raise BackupError(f"an object of {backup} is missing; use another backup")
        on_object()
    with engine.connect() as connection:
        major = int(str(connection.scalar(text("SHOW server_version"))).partition(".")[0])
    load(engine, url, backup / DATABASE, major=major)
    upgrade(url)


def check(backup: Path) -> BackupManifest:
    """Return the manifest of a backup whose files and objects are all whole.

    Raises:
        BackupError: one is missing or damaged.
    """
    manifest, store = read(backup), object_store(backup.parent)
    for each in objects_of(backup):
        if store.size(each.bucket, each.key) != each.size:
            raise BackupError(f"the object {each.key} of {backup} is missing or cut short; use another backup")
        with store.open(each.bucket, each.key) as chunks:
            # The store compares what it reads with the sha256 that the key names.
            deque(chunks, maxlen=0)
    return manifest


def _must_be_empty(engine: Engine) -> None:
    there = set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        for table in _MUST_BE_EMPTY:
            if table in there and connection.scalar(text(f"SELECT EXISTS (SELECT FROM {table})")):  # noqa: S608 - ours
                raise BackupError(
                    f"the database has {table}, which the backup would replace; restore into an empty installation, "
                    "such as another --data-dir"
                )
