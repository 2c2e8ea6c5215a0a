"""The folder of backups: one folder for each, and all their objects beside them, each once.

DIR/objects/…                      objects by bucket and sha256, as the folder store keeps them
DIR/2026-11-28T144500Z/database    what pg_dump wrote, in its custom format
DIR/2026-11-28T144500Z/objects     the objects that belong to it, one JSON object a line
DIR/2026-11-28T144500Z/manifest    what is in it, and the sha256 of both; written last: with it, a backup is whole
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import NonNegativeInt

from clients.object_store import Bucket, FolderStore
from schemas.base import Dto
from settings.errors import PartflowError

DATABASE, OBJECTS, MANIFEST = "database", "objects", "manifest"
_NAME: Final = "%Y-%m-%dT%H%M%SZ"
_UNFINISHED: Final = ".unfinished"


class BackupError(PartflowError):
    """A backup cannot be made or restored; the message is a sentence with a way out."""


class BackupObject(Dto):
    """An object that belongs to a backup."""

    bucket: Bucket
    key: str
    size: NonNegativeInt
    media_type: str


class BackupManifest(Dto):
    """What is in a backup."""

    name: str
    revision: str
    "the newest migration of its tables"
    postgresql: str
    objects: NonNegativeInt
    object_bytes: NonNegativeInt
    sha256: dict[str, str]
    "of each file"


def object_store(folder: Path) -> FolderStore:
    """Return the store of the objects of all backups in a folder."""
    return FolderStore(folder / OBJECTS)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other backups out of a folder.

    Raises:
        BackupError: another one is being written to it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"another backup is being written to {folder}; wait for it, or name another") from None
        yield


def begin(folder: Path) -> Path:
    """Make the folder of a backup that is not whole yet, and forget those that were never finished."""
    for half in folder.glob(f"*{_UNFINISHED}"):
        shutil.rmtree(half)
    time = datetime.now(UTC)
    while (folder / time.strftime(_NAME)).exists():
        time += timedelta(seconds=1)
    made = folder / f"{time.strftime(_NAME)}{_UNFINISHED}"
    made.mkdir(parents=True, mode=0o700)
    return made


def finish(made: Path, revision: str, postgresql: str, objects: Sequence[BackupObject]) -> BackupManifest:
    """Write the manifest, and give the backup its name."""
    manifest = BackupManifest(
        name=made.name.removesuffix(_UNFINISHED),
        revision=revision,
        postgresql=postgresql,
        objects=len(objects),
        object_bytes=sum(each.size for each in objects),
        sha256={name: _digest(made / name) for name in (DATABASE, OBJECTS)},
    )
    (made / MANIFEST).write_text(manifest.model_dump_json(indent=2), "utf-8")
    made.rename(made.with_name(manifest.name))
    return manifest


def find(path: Path) -> Path:
    """Return the folder of a backup: the path itself, or the newest in it.

    Raises:
        BackupError: there is none.
    """
    if (path / MANIFEST).is_file():
        return path
    found = whole(path)
    if not found:
        raise BackupError(f"{path} holds no backup; name a folder that partflow backup wrote")
    return found[-1]


def whole(folder: Path) -> list[Path]:
    """Return the backups in a folder, the oldest first."""
    return sorted(each.parent for each in folder.glob(f"*/{MANIFEST}"))


def read(backup: Path) -> BackupManifest:
    """Return the manifest of a backup whose files are what it says.

    Raises:
        BackupError: a file is damaged.
    """
    try:
        manifest = BackupManifest.model_validate_json((backup / MANIFEST).read_bytes())
    except ValueError as error:
        raise BackupError(f"{backup / MANIFEST} is damaged: {error}") from error
    for name, digest in manifest.sha256.items():
        if _digest(backup / name) != digest:
            raise BackupError(f"{backup / name} is damaged: its sha256 is not that of the manifest; use another backup")
    return manifest


def objects_of(backup: Path) -> Iterator[BackupObject]:
    """Yield the objects that belong to a backup."""
    with (backup / OBJECTS).open("rb") as lines:
        yield from map(BackupObject.model_validate_json, lines)


def forget(folder: Path, *, keep: int) -> list[str]:
    """Delete all but the newest backups, and the objects that belong to none of them; return the names."""
    old = whole(folder)[:-keep]
    for each in old:
        shutil.rmtree(each)
    used = {(each.bucket, each.key) for kept in whole(folder) for each in objects_of(kept)}
    store = object_store(folder)
    for bucket in Bucket:
        for key in list(store.keys(bucket)) if old else ():
            if (bucket, key) not in used:
                store.delete(bucket, key)
    return [each.name for each in old]


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
