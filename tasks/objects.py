"""Bytes in and out of object storage, by their sha256."""

import hashlib
import io

from clients.object_store import Bucket, content_key
from settings.fault import FaultPoint, reach
from tasks.clients import object_store


def read(bucket: Bucket, sha256: str) -> bytes:
    """Return a whole object.

    Raises:
        Transient, Permanent: as the object store says.
    """
    with object_store().open(bucket, content_key(sha256)) as chunks:
        return b"".join(chunks)


def write(bucket: Bucket, content: bytes, media_type: str) -> str:
    """Store bytes under their sha256, which makes a second write the same write, and return it.

    Raises:
        Transient, Permanent: as the object store says.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    reach(FaultPoint.BEFORE_OBJECT_PUT)
    object_store().put(bucket, content_key(sha256), io.BytesIO(content), size=len(content), media_type=media_type)
    reach(FaultPoint.AFTER_OBJECT_PUT)
    return sha256
