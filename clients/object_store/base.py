"""What every object store can do."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from enum import StrEnum
from hashlib import sha256
from typing import BinaryIO, Final, Protocol

from schemas.errors import Permanent, Transient

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
        """Store an object as a whole or not at all, and return when it is stored for good.

        The source is read from its start. Keys name contents, so a second put changes nothing, and one over other
        bytes mends them.

        Raises:
            Permanent: the source is not `size` bytes with the sha256 that the key names; nothing is stored.
        """
        ...

    def open(
        self, bucket: Bucket, key: str, *, start: int = 0, end: int | None = None
    ) -> AbstractContextManager[Iterator[bytes]]:
        """Yield an object's bytes from `start` up to, but not with, `end`, in chunks.

        They are never too few: an object without that many, or a connection that is lost, is `Transient`. So is an
        object that is read as a whole and is not what its key says, before its last chunk is given.

        Raises:
            StoreMissing: there is no such object.
        """
        ...

    def size(self, bucket: Bucket, key: str) -> int | None:
        """Return an object's size in bytes, or None when there is no such object."""
        ...

    def delete(self, bucket: Bucket, key: str) -> None:
        """Delete an object, if it is there; where versions are kept, an administrator can still bring it back."""
        ...

    def keys(self, bucket: Bucket) -> Iterator[str]:
        """Yield all keys that `content_key` made, as they are found; what else is kept there is none of ours."""
        ...

    def ready(self) -> None:
        """Return when the store can be written to; make its buckets where they are missing."""
        ...


def content_key(digest: str) -> str:
    """Return the key of the bytes with this sha256.

    Raises:
        ValueError: it is not a sha256 in lower-case hexadecimal.
    """
    if not _SHA256.fullmatch(digest):
        raise ValueError(f"not a sha256: {digest!r}")
    return f"sha256/{digest[:2]}/{digest}"


def is_key(key: str) -> bool:
    """Tell whether `content_key` made a key."""
    return _KEY.fullmatch(key) is not None


def checked(key: str) -> str:
    """Return a key that `content_key` made.

    Raises:
        ValueError: it did not, and could lead anywhere.
    """
    if not is_key(key):
        raise ValueError(f"not a key: {key!r}")
    return key


def missing(bucket: Bucket, key: str) -> StoreMissing:
    """Return the error for an object that is not there."""
    return StoreMissing("store_missing", f"there is no object {key} in {bucket}")


def cut_short(key: str) -> Transient:
    """Return the error for an object that ends before it should."""
    return Transient("store_unavailable", f"the object {key} broke off, or has fewer bytes than it should")


def digest_of(key: str) -> str:
    """Return the sha256 that a key names."""
    return key.rpartition("/")[2]


def contents(source: BinaryIO, key: str, size: int) -> Iterator[bytes]:
    """Yield all of a source, from its start.

    Raises:
        Permanent: at its end, because it is not what the key and the size say.
    """
    digest, read = sha256(), 0
    source.seek(0)
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        read += len(chunk)
        yield chunk
    if read != size or digest.hexdigest() != digest_of(key):
        raise Permanent("store_refused", f"the source of {key} has {read} of {size} bytes, or others; hand it in again")


def verified(chunks: Iterator[bytes], key: str) -> Iterator[bytes]:
    """Pass a whole object on, its last chunk only when all of it is what its key says.

    Raises:
        Transient: it is not; putting it again mends it.
    """
    digest, held = sha256(), b""
    for chunk in chunks:
        digest.update(chunk)
        if held:
            yield held
        held = chunk
    if digest.hexdigest() != digest_of(key):
        raise Transient("store_unavailable", f"the object {key} is damaged; hand it in again")
    if held:
        yield held
