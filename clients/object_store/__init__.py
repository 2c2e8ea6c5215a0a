"""Object storage: it stores the same bytes once, under their sha256."""

from clients.object_store.base import Bucket, ObjectStore, StoreMissing, content_key
from clients.object_store.folder import FolderStore
from settings.groups import StoreKind, StoreSettings

__all__ = ["Bucket", "FolderStore", "ObjectStore", "StoreMissing", "content_key", "make_store"]


def make_store(settings: StoreSettings) -> ObjectStore:
    """Return the store that the settings choose."""
    if settings.kind == StoreKind.FOLDER:
        return FolderStore(settings.folder)
    # Imported late, because a start on one machine should not wait for boto3.
    from clients.object_store.s3 import S3Store

    return S3Store(settings)
