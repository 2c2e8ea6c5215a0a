"""The protocol that every object store implements, and its shared functions."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from enum import StrEnum
from hashlib import sha256
from typing import BinaryIO, Final, Protocol

from schemas.errors import Permanent, Transient

CHUNK: Final = 256 * 1024
"Bytes read at a time; a whole object is never held in memory."

_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"sha256/[0-9a-f]{2}/[0-9a-f]{64}")


class Bucket(StrEnum):
    """The buckets, by the kind of object."""

    DOCS = "docs"
    IMAGES = "images"


class StoreMissing(Permanent):
    """The object does not exist in the store."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)


class ObjectStore(Protocol):
    """Objects under keys; each method raises `Transient` (`store_unavailable`) or `Permanent` (`store_refused`)."""

    def put(self, bucket: Bucket, key: str, source: BinaryIO, *, size: int, media_type: str) -> None:
        """Store an object as a whole or not at all, and return when it is durable.

        The source is read from its start. Keys name contents, so a second put changes nothing, and a put over damaged
        bytes repairs them.

        Raises:
            Permanent: the source is not `size` bytes with the sha256 that the key names; nothing is stored.
        """
        ...

    def open(
        self, bucket: Bucket, key: str, *, start: int = 0, end: int | None = None
    ) -> AbstractContextManager[Iterator[bytes]]:
        """Yield an object's bytes from `start` up to, but not with, `end`, in chunks.

        A short object or a lost connection raises `Transient`, and so does a whole object whose bytes do not match its
        key, before its last chunk is yielded.

        Raises:
            StoreMissing: the object does not exist.
        """
        ...

    def size(self, bucket: Bucket, key: str) -> int | None:
        """Return an object's size in bytes, or None when it does not exist."""
        ...

    def delete(self, bucket: Bucket, key: str) -> None:
        """Delete an object, if it exists; where the store keeps versions, an administrator can still restore it."""
        ...

    def keys(self, bucket: Bucket) -> Iterator[str]:
        """Yield all keys that `content_key` made; other objects in the bucket do not belong to Partflow."""
        ...

    def ready(self) -> None:
        """Return when the store is writable; create missing buckets."""
        ...


def content_key(digest: str) -> str:
    """Return the key of the bytes with this sha256.

    Raises:
        ValueError: the digest is not a sha256 in lower-case hexadecimal.
    """
    if not _SHA256.fullmatch(digest):
        raise ValueError(f"{digest!r} is not a sha256; expected 64 lower-case hexadecimal digits")
    return f"sha256/{digest[:2]}/{digest}"


def is_key(key: str) -> bool:
    """Tell whether `content_key` made a key."""
    return _KEY.fullmatch(key) is not None


def checked(key: str) -> str:
    """Return a key if `content_key` made it.

    Raises:
        ValueError: `content_key` did not make it, so it could lead anywhere.
    """
    if not is_key(key):
        raise ValueError(f"{key!r} is not a key of an object")
    return key


def missing(bucket: Bucket, key: str) -> StoreMissing:
    """Return the error for an object that does not exist."""
    return StoreMissing("store_missing", f"there is no object {key} in {bucket}")


def cut_short(key: str) -> Transient:
    """Return the error for an object that ends too early."""
    return Transient(
        "store_unavailable", f"the object {key} ended too early: the connection broke, or bytes are missing"
    )


def digest_of(key: str) -> str:
    """Return the sha256 that a key names."""
    return key.rpartition("/")[2]


def contents(source: BinaryIO, key: str, size: int) -> Iterator[bytes]:
    """Yield the chunks of a source, from its start.

    Raises:
        Permanent: at the end, if the bytes do not match the key and the size.
    """
    digest, read = sha256(), 0
    source.seek(0)
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        read += len(chunk)
        yield chunk
    if read != size or digest.hexdigest() != digest_of(key):
        raise Permanent(
            "store_refused", f"the source of {key} has {read} of {size} bytes, or other ones; upload it again"
        )


def verified(chunks: Iterator[bytes], key: str) -> Iterator[bytes]:
    """Yield the chunks of a whole object, the last one only if all bytes match the key.

    Raises:
        Transient: the bytes do not match; another put repairs the object.
    """
    digest, held = sha256(), b""
    for chunk in chunks:
        digest.update(chunk)
        if held:
            yield held
        held = chunk
    if digest.hexdigest() != digest_of(key):
        raise Transient("store_unavailable", f"the object {key} is damaged; upload it again")
    if held:
        yield held
