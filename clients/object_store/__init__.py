"""Object storage: where bytes live once, under their sha256."""

from clients.object_store.base import Bucket, ObjectStore, StoreMissing, content_key
from clients.object_store.folder import FolderStore
from clients.object_store.s3 import S3Store
from settings.groups import StoreKind, StoreSettings

__all__ = ["Bucket", "FolderStore", "ObjectStore", "S3Store", "StoreMissing", "content_key", "make_store"]


def make_store(settings: StoreSettings) -> ObjectStore:
    """Return the store that the settings choose."""
    return S3Store(settings) if settings.kind == StoreKind.S3 else FolderStore(settings.folder)
