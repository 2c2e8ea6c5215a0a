"""Parts: creating, editing, finding, listing and locking them."""

from services.part.duplicates import Duplicate, PartDuplicateService
from services.part.listing import PartListService
from services.part.locks import PartLockService
from services.part.service import PartService, Setter, must_take_stock

__all__ = [
    "Duplicate",
    "PartDuplicateService",
    "PartListService",
    "PartLockService",
    "PartService",
    "Setter",
    "must_take_stock",
]
