"""A folder as object store."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from clients.object_store.base import CHUNK, Bucket, checked, missing
from schemas.errors import Transient

_INCOMPLETE = ".incomplete"


class FolderStore:
    """Objects are files; a file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, bucket: Bucket, key: str, source: BinaryIO, *, size: int, media_type: str) -> None:  # noqa: ARG002 - files have no media type
        """Write beside the place, then rename into it."""
        path = self._path(bucket, key)
        with _disk_errors():
            if path.exists() and path.stat().st_size == size:
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, suffix=_INCOMPLETE, delete_on_close=False) as file:
                shutil.copyfileobj(source, file, CHUNK)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)

    @contextmanager
    def open(self, bucket: Bucket, key: str, *, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes]]:
        """Yield the file's bytes from `start` to `end`, in chunks."""
        with _disk_errors():
            try:
                file = self._path(bucket, key).open("rb")
            except FileNotFoundError:
                raise missing(bucket, key) from None
        with file:
            yield _chunks(file, start, end)

    def size(self, bucket: Bucket, key: str) -> int | None:
        """Return the file's size."""
        try:
            return self._path(bucket, key).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, bucket: Bucket, key: str) -> None:
        """Delete the file."""
        with _disk_errors():
            self._path(bucket, key).unlink(missing_ok=True)

    def keys(self, bucket: Bucket) -> Iterator[str]:
        """Yield the keys of all whole files."""
        root = self._folder / bucket
        for path in root.rglob("*"):
            if path.is_file() and path.suffix != _INCOMPLETE:
                yield path.relative_to(root).as_posix()

    def ready(self) -> None:
        """Make the folders, and see that files can be made in them."""
        with _disk_errors():
            for bucket in Bucket:
                (self._folder / bucket).mkdir(parents=True, exist_ok=True)
                NamedTemporaryFile(dir=self._folder / bucket, suffix=_INCOMPLETE).close()

    def _path(self, bucket: Bucket, key: str) -> Path:
        return self._folder / bucket / checked(key)


def _chunks(file: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    left = None if end is None else end - start
    with _disk_errors():
        file.seek(start)
        while chunk := file.read(CHUNK if left is None else min(CHUNK, left)):
            yield chunk
            left = None if left is None else left - len(chunk)


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Transient("store_unavailable", f"the object folder cannot be used: {error}") from error
