"""Documents, their blobs, pages and thumbnails."""

from services.document.blob import BlobService
from services.document.garbage import GarbageService
from services.document.service import DocumentService
from services.document.thumbnail import ThumbnailService

__all__ = ["BlobService", "DocumentService", "GarbageService", "ThumbnailService"]
