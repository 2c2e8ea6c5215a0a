"""A folder as object store."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Final

from clients.object_store.base import CHUNK, Bucket, checked, contents, cut_short, is_key, missing, verified
from schemas.errors import Transient, disk_error

_UNFINISHED: Final = "unfinished"
"The folder of unfinished files, on the same file system as the objects, so that a rename completes them."
_ABANDONED_SECONDS: Final = 86_400


class FolderStore:
    """Stores objects as files; a file appears as a whole or not at all, and survives a power failure."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, bucket: Bucket, key: str, source: BinaryIO, *, size: int, media_type: str) -> None:  # noqa: ARG002 - files have no media type
        """Write the file elsewhere, then rename it into place."""
        path = self._path(bucket, key)
        with _disk_errors():
            if _holds(path, key, size):
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._unfinished(), delete_on_close=False) as file:
                file.writelines(contents(source, key, size))
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            # The file's name is durable only after its folders are synced.
            for folder in path.parents[:3]:
                _sync(folder)

    @contextmanager
    def open(self, bucket: Bucket, key: str, *, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes]]:
        """Yield the file's bytes from `start` to `end`, in chunks."""
        with _disk_errors():
            try:
                file = self._path(bucket, key).open("rb")
            except FileNotFoundError:
                raise missing(bucket, key) from None
        with file:
            size = os.fstat(file.fileno()).st_size
            stop = size if end is None else end
            if stop > size:
                raise cut_short(key)
            chunks = _chunks(file, key, start, stop)
            yield verified(chunks, key) if (start, stop) == (0, size) else chunks

    def size(self, bucket: Bucket, key: str) -> int | None:
        """Return the file's size."""
        with _disk_errors():
            return _size(self._path(bucket, key))

    def delete(self, bucket: Bucket, key: str) -> None:
        """Delete the file."""
        with _disk_errors():
            self._path(bucket, key).unlink(missing_ok=True)

    def keys(self, bucket: Bucket) -> Iterator[str]:
        """Yield the keys of all whole files."""
        root = self._folder / bucket
        found = (path.relative_to(root).as_posix() for path in root.rglob("*"))
        with _disk_errors():
            yield from filter(is_key, found)

    def ready(self) -> None:
        """Create the folders, check that they are writable, and delete the files of writers that died."""
        with _disk_errors():
            for bucket in Bucket:
                (self._folder / bucket).mkdir(parents=True, exist_ok=True)
            unfinished = self._unfinished()
            NamedTemporaryFile(dir=unfinished).close()
            for path in unfinished.iterdir():
                _delete_abandoned(path)

    def _path(self, bucket: Bucket, key: str) -> Path:
        return self._folder / bucket / checked(key)

    def _unfinished(self) -> Path:
        folder = self._folder / _UNFINISHED
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _holds(path: Path, key: str, size: int) -> bool:
    """Tell whether a file with exactly these bytes exists."""
    if _size(path) != size:
        return False
    try:
        with path.open("rb") as file:
            return all(verified(_chunks(file, key, 0, size), key))
    except (FileNotFoundError, Transient):
        return False


def _chunks(file: BinaryIO, key: str, start: int, stop: int) -> Iterator[bytes]:
    left = stop - start
    with _disk_errors():
        file.seek(start)
        while left > 0:
            chunk = file.read(min(CHUNK, left))
            if not chunk:
                raise cut_short(key)
            yield chunk
            left -= len(chunk)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _delete_abandoned(path: Path) -> None:
    try:
        if path.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
            path.unlink()
    except FileNotFoundError:
        return


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_error(error) or Transient(
            "store_unavailable", f"the object folder cannot be used: {error}"
        ) from error
