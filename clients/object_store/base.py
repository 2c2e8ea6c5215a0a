"""What every object store can do."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import BinaryIO, Final, Protocol

from schemas.errors import Permanent

CHUNK: Final = 256 * 1024
"Bytes read at a time; no object is ever held in memory whole."

_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"sha256/[0-9a-f]{2}/[0-9a-f]{64}")


class Bucket(StrEnum):
    """What kind of bytes."""

    DOCS = "docs"
    IMAGES = "images"


class StoreMissing(Permanent):
    """There is no such object."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)


class ObjectStore(Protocol):
    """Objects under keys; each method raises `Transient` (`store_unavailable`) or `Permanent` (`store_refused`)."""

    def put(self, bucket: Bucket, key: str, source: BinaryIO, *, size: int, media_type: str) -> None:
        """Store an object as a whole or not at all; keys name contents, so a second put changes nothing."""
        ...

    def open(
        self, bucket: Bucket, key: str, *, start: int = 0, end: int | None = None
    ) -> AbstractContextManager[Iterator[bytes]]:
        """Yield an object's bytes from `start` up to, but not with, `end`, in chunks.

        Raises:
            StoreMissing: there is no such object.
        """
        ...

    def size(self, bucket: Bucket, key: str) -> int | None:
        """Return an object's size in bytes, or None when there is no such object."""
        ...

    def delete(self, bucket: Bucket, key: str) -> None:
        """Delete an object, if it is there."""
        ...

    def keys(self, bucket: Bucket) -> Iterator[str]:
        """Yield all keys, as they are found."""
        ...

    def ready(self) -> None:
        """Return when the store can be written to; make its buckets where they are missing."""
        ...


def content_key(sha256: str) -> str:
    """Return the key of the bytes with this sha256.

    Raises:
        ValueError: it is not a sha256 in lower-case hexadecimal.
    """
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a sha256: {sha256!r}")
    return f"sha256/{sha256[:2]}/{sha256}"


def checked(key: str) -> str:
    """Return a key that `content_key` made.

    Raises:
        ValueError: it did not, and could lead anywhere.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key: {key!r}")
    return key


def missing(bucket: Bucket, key: str) -> StoreMissing:
    """Return the error for an object that is not there."""
    return StoreMissing("store_missing", f"there is no object {key} in {bucket}")
