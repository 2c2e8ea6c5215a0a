"""The objects of a backup: copied once, and compared with their sha256 on the way."""

from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile

from cli.backup.repository import BackupObject
from clients.object_store import ObjectStore, StoreMissing


def copy(objects: Iterable[BackupObject], source: ObjectStore, target: ObjectStore) -> Iterator[BackupObject | None]:
    """Copy objects that the target lacks; yield each as it is there, and None in the place of one that is missing.

    Raises:
        Transient, Permanent: as the object store.
    """
    for each in objects:
        if target.size(each.bucket, each.key) == each.size:
            yield each
            continue
        try:
            _copy(each, source, target)
        except StoreMissing:
            yield None
        else:
            yield each


def _copy(each: BackupObject, source: ObjectStore, target: ObjectStore) -> None:
    with TemporaryFile() as file:
        with source.open(each.bucket, each.key) as chunks:
            file.writelines(chunks)
        target.put(each.bucket, each.key, file, size=each.size, media_type=each.media_type)
