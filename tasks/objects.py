"""Bytes in and out of object storage, by their sha256."""

import hashlib
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from clients.object_store import Bucket, content_key
from engine.faults import FaultPoint, reach
from models.session import session_scope
from services.document import BlobService
from tasks.clients import object_store


def read(bucket: Bucket, sha256: str) -> bytes:
    """Return a whole object.

    Raises:
        Transient, Permanent: as the object store says.
    """
    with object_store().open(bucket, content_key(sha256)) as chunks:
        return b"".join(chunks)


@contextmanager
def copied(bucket: Bucket, sha256: str) -> Iterator[BinaryIO]:
    """Yield an object as a temporary file, so that it is never in memory whole.

    Raises:
        Transient, Permanent: as the object store says.
    """
    with tempfile.TemporaryFile() as file:
        with object_store().open(bucket, content_key(sha256)) as chunks:
            file.writelines(chunks)
        file.seek(0)
        yield file


def write(bucket: Bucket, content: bytes, media_type: str) -> str:
    """Store bytes under their sha256, which makes a second write the same write, and return it.

    Their row comes first: see BlobService.

    Raises:
        Transient, Permanent: as the object store says.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    key = content_key(sha256)
    with session_scope() as session:
        BlobService.ensure(session, sha256=sha256, bucket=bucket, s3_key=key, size=len(content), media_type=media_type)
    reach(FaultPoint.BEFORE_OBJECT_PUT)
    object_store().put(bucket, key, io.BytesIO(content), size=len(content), media_type=media_type)
    reach(FaultPoint.AFTER_OBJECT_PUT)
    return sha256
