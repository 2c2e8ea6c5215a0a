"""Parts: creating, editing, finding, listing and locking them."""

from services.part.audit import PartAuditService
from services.part.duplicates import Duplicate, PartDuplicateService
from services.part.listing import PartListService
from services.part.locks import PartLockService
from services.part.retirement import PartRetirementService, Retired
from services.part.same import SamePart, SamePartService
from services.part.sellers import PartSellerService
from services.part.service import PartService, Setter, must_take_stock

__all__ = [
    "Duplicate",
    "PartAuditService",
    "PartDuplicateService",
    "PartListService",
    "PartLockService",
    "PartRetirementService",
    "PartSellerService",
    "PartService",
    "Retired",
    "SamePart",
    "SamePartService",
    "Setter",
    "must_take_stock",
]
