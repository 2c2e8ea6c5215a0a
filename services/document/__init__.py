"""Documents, their blobs, pages, structure and thumbnails."""

from services.document.blob import BlobService
from services.document.garbage import GarbageService
from services.document.photo import PhotoService, SamePhoto
from services.document.service import DocumentService
from services.document.structure import StructureService
from services.document.thumbnail import ThumbnailService

__all__ = [
    "BlobService",
    "DocumentService",
    "GarbageService",
    "PhotoService",
    "SamePhoto",
    "StructureService",
    "ThumbnailService",
]
